/** What the methods measure: the curves that tell whether a training succeeds come first, and stand in comparisons. */

/**
 * A chart: each line's column in the series, its name, and whether only some steps have it.
 * @typedef {{name: string, lines: [string, string, boolean?][]}} Measure
 */

/** @returns {Measure} */
const both = (name, column) => ({name, lines: [[column, "training"], [`valid ${column}`, "validation", true]]});

/** @type {Measure} */
const LOSS = {name: "Loss", lines: [["train_loss", "training"], ["valid_loss", "validation", true]]};

/** @type {Record<string, Measure[]>} */
const FIRST = {
  supervised: [LOSS],
  dpo: [both("Accuracy of preferences", "rewards/accuracies"), both("Margin of preferences", "rewards/margins"), LOSS],
  reinforcement: [both("Reward", "reward")],
  speculative_draft: [
    both("Acceptance of the first token", "acceptance/1"),
    {name: "Acceptance length", lines: [["valid acceptance_length/greedy", "greedy", true], ["valid acceptance_length/sampled", "sampled", true]]},
    LOSS,
  ],
};

/** @type {Measure[]} */
const FURTHER = [
  LOSS,
  {name: "Beta", lines: [["beta", "beta"]]},
  {name: "Annealing gap", lines: [["annealing/gap", "what a merge would cost", true]]},
  {name: "Adapter", lines: [["annealing/even_share", "non-linear", true], ["annealing/adapter_share", "output against the frozen weights'", true]]},
  {name: "Token accuracy", lines: [["train_mean_token_accuracy", "training"], ["valid_mean_token_accuracy", "validation", true]]},
  {name: "Learning rate", lines: [["learning_rate", "rate"]]},
  {name: "Tokens per second", lines: [["tokens_per_second", "tokens/s"]]},
  {name: "Gradient norm", lines: [["grad_norm", "norm"]]},
];

/** What tells whether jobs of these methods succeed. @param {string[]} methods @returns {Measure[]} */
export const keyMeasures = methods => [...new Set(methods.flatMap(method => FIRST[method] ?? [LOSS]))];

/**
 * All charts for jobs of these methods whose series have these columns; `more` are those that the page need not open with.
 * @param {string[]} methods @param {string[]} columns
 */
export function measures(methods, columns) {
  const first = [...new Set([...keyMeasures(methods), ...FURTHER])];
  const named = new Set(first.flatMap(measure => measure.lines.map(([column]) => column)));
  const others = new Set(columns.filter(column => !named.has(column)).map(column => column.replace(/^valid /, "")));
  return {first, more: [...others].sort().map(name => both(name, name))};
}
