/** The settings of the form for a job, and the request that they make. `path` is where a value stands in the request, and what errors name as `param`. */

const ALL = ["supervised", "dpo", "reinforcement", "speculative_draft"];
const hyper = name => method => `method.${method}.hyperparameters.${name}`;
const ADAPTER = {methods: ALL, group: "Adapter and annealing"};
const COURSE = {methods: ALL, group: "Course of the training"};

/**
 * `auto` says what becomes of a field that is left empty; a function gets the estimate.
 * @type {{path: string | ((method: string) => string), label: string, type: string, group: string, methods: string[], options?: string[], auto?: string | Function, example?: object, isRequired?: boolean, min?: number, max?: number, step?: number}[]}
 */
export const FIELDS = [
  {path: hyper("n_epochs"), label: "Epochs", type: "integer", min: 1, max: 50, auto: estimate => estimate?.hyperparameters.n_epochs, ...COURSE},
  {path: hyper("batch_size"), label: "Batch size, rows", type: "integer", min: 1, max: 256, auto: estimate => estimate?.hyperparameters.batch_size, ...COURSE},
  {path: hyper("learning_rate_multiplier"), label: "Learning rate multiplier", type: "number", auto: estimate => estimate?.hyperparameters.learning_rate_multiplier, ...COURSE},
  {path: "anneal.learning_rate", label: "Learning rate, in place of the multiplier", type: "number", auto: "multiplier × the model's own rate", ...COURSE},
  {path: "anneal.max_steps", label: "Steps, in place of epochs", type: "integer", min: 1, auto: estimate => estimate?.total_steps, ...COURSE},
  {path: "anneal.lr_schedule", label: "Learning rate after the warm-up", type: "choice", options: ["linear", "cosine", "constant"], auto: "linear", ...COURSE},
  {path: "anneal.warmup_ratio", label: "Warm-up, share of the steps", type: "number", min: 0, max: 0.99, auto: "0.03", ...COURSE},
  {path: "anneal.gradient_accumulation", label: "Batches a step", type: "integer", min: 1, max: 1024, auto: "1", ...COURSE},
  {path: "anneal.max_length", label: "Longest row, tokens", type: "integer", min: 8, auto: estimate => estimate?.token_report?.max_length_tokens, ...COURSE},
  {path: "anneal.packing", label: "Batches of packed sequences", type: "choice", options: ["true", "false"], auto: "false: batches of rows", ...COURSE},
  {path: "anneal.weight_decay", label: "Weight decay", type: "number", min: 0, max: 1, auto: "0", ...COURSE},
  {path: "anneal.max_grad_norm", label: "Longest gradient (clipping)", type: "number", auto: "1", ...COURSE},
  {path: "anneal.activation_checkpointing", label: "Activations computed again to save memory", type: "choice", options: ["on", "off"], auto: "if memory is short", ...COURSE},
  {path: "anneal.devices", label: "Devices that train it together", type: "integer", min: 1, max: 1024, auto: "1", ...COURSE},
  {path: "anneal.reproducible", label: "Same bits as with", type: "choice", options: ["same_devices", "any_devices"], auto: "same_devices: as many devices", ...COURSE},
  {path: "anneal.base_precision", label: "Base model in memory", type: "choice", options: ["nf4"], auto: "as it computes, or as it is stored", ...COURSE},
  {path: "anneal.base_placement", label: "Base model on several devices", type: "choice", options: ["whole", "sharded"], auto: "whole: a copy on each", ...COURSE},
  {path: "anneal.eval_interval", label: "Steps between validations", type: "integer", min: 1, auto: "a tenth of the steps", ...COURSE},
  {path: "anneal.checkpoint_interval", label: "Steps between checkpoints", type: "integer", min: 1, auto: "a tenth of the steps", ...COURSE},
  {path: "seed", label: "Seed", type: "integer", min: 0, max: 2147483647, auto: "drawn at random", ...COURSE},
  {path: "anneal.priority", label: "Priority, 0 is first", type: "integer", min: 0, max: 9, auto: "5", ...COURSE},
  {path: "anneal.adapter", label: "What is trained", type: "choice", options: ["afa", "lora", "none"], auto: "afa: an adapter that anneals", ...ADAPTER},
  {path: "afa_lora.rank", label: "Rank", type: "integer", min: 1, auto: estimate => estimate?.afa_lora?.rank, ...ADAPTER},
  {path: "afa_lora.alpha", label: "Alpha", type: "number", auto: estimate => estimate?.afa_lora?.alpha, ...ADAPTER},
  {path: "afa_lora.dropout", label: "Dropout", type: "number", min: 0, max: 0.99, auto: "0", ...ADAPTER},
  {path: "afa_lora.activation", label: "Activation", type: "choice", options: ["silu", "relu", "gelu", "matched_silu", "matched_relu", "matched_gelu", "none"], auto: estimate => estimate?.afa_lora?.activation, ...ADAPTER},
  {path: "afa_lora.schedule.shape", label: "Beta falls", type: "choice", options: ["linear", "cosine", "step"], auto: estimate => estimate?.afa_lora?.schedule.shape, ...ADAPTER},
  {path: "afa_lora.schedule.start", label: "From, share of the steps", type: "number", min: 0, max: 1, auto: estimate => estimate?.afa_lora?.schedule.start, ...ADAPTER},
  {path: "afa_lora.schedule.end", label: "To, share of the steps", type: "number", min: 0, max: 1, auto: estimate => estimate?.afa_lora?.schedule.end, ...ADAPTER},
  {path: "afa_lora.rslora", label: "Rank-stabilised scaling (rsLoRA)", type: "choice", options: ["true", "false"], auto: estimate => String(estimate?.afa_lora?.rslora ?? ""), ...ADAPTER},
  {path: "afa_lora.sign_groups", label: "Groups of outputs with other signs", type: "number", min: 1, max: 1024, step: 1, auto: estimate => estimate?.afa_lora?.sign_groups, ...ADAPTER},
  {path: "afa_lora.target_modules", label: "Target modules, separated by commas", type: "list", auto: "all linear layers", ...ADAPTER},
  {path: "anneal.lora_plus_ratio", label: "Rate of B over that of A (LoRA+)", type: "number", min: 1, max: 100, auto: "1", ...ADAPTER},
  {path: "anneal.init_adapter", label: "Adapter to begin with: a job, checkpoint, export, model or file", type: "text", auto: "a new one", ...ADAPTER},
  {path: "method.dpo.hyperparameters.beta", label: "Beta of the preference loss", type: "number", auto: "0.1", methods: ["dpo"], group: "Preferences"},
  {path: "anneal.loss.type", label: "Loss", type: "choice", options: ["sigmoid", "robust", "hinge", "ipo"], auto: "sigmoid", methods: ["dpo"], group: "Preferences"},
  {path: "method.reinforcement.grader", label: "Grader, JSON", type: "json", methods: ["reinforcement"], group: "Rewards",
    example: {type: "string_check", name: "exact", input: "{{sample.output_text}}", reference: "{{item.answer}}", operation: "eq"}},
  {path: "anneal.rollouts.group_size", label: "Completions of each prompt", type: "integer", min: 2, max: 256, auto: "8", methods: ["reinforcement"], group: "Rewards"},
  {path: "anneal.rollouts.max_completion_tokens", label: "Longest completion, tokens", type: "integer", min: 1, auto: "512", methods: ["reinforcement"], group: "Rewards"},
  {path: "anneal.rollouts.temperature", label: "Temperature", type: "number", min: 0.1, max: 10, auto: "1", methods: ["reinforcement"], group: "Rewards"},
  {path: "anneal.loss.type", label: "Loss", type: "choice", options: ["dapo", "grpo", "bnpo", "dr_grpo", "gspo"], auto: "dapo", methods: ["reinforcement"], group: "Rewards"},
  {path: "anneal.loss.kl_weight", label: "Weight of the divergence (KL)", type: "number", min: 0, max: 10, auto: "0", methods: ["reinforcement"], group: "Rewards"},
  {path: "method.speculative_draft.kind", label: "Kind", type: "choice", options: ["eagle3", "eagle1", "model"], isRequired: true, methods: ["speculative_draft"], group: "Draft"},
  {path: "method.speculative_draft.draft_model", label: "Model that becomes the draft", type: "text", auto: "only for the kind model", methods: ["speculative_draft"], group: "Draft"},
  {path: "method.speculative_draft.regenerate", label: "Answers that the target writes first, JSON", type: "json", methods: ["speculative_draft"], group: "Draft",
    example: {temperature: 1, max_tokens: 512}},
];

export const pathOf = (field, method) => (typeof field.path === "function" ? field.path(method) : field.path);

export const fieldsOf = method => FIELDS.filter(field => field.methods.includes(method));

/** @param {Map<string, string>} values what was typed, by path; empty texts count as not given */
export function requestOf(method, values) {
  const request = {};
  for (const path of ["model", "training_file", "validation_file", "suffix"]) {
    set(request, path, values.get(path) || undefined);
  }
  if (method !== "supervised") {
    set(request, `method.type`, method);
    set(request, `method.${method}`, {});
  }
  for (const field of fieldsOf(method)) {
    const path = pathOf(field, method);
    set(request, path, parsed(field, values.get(path) ?? ""));
  }
  if (request.method && !request.method.type) {
    request.method = {type: method, ...request.method};
  }
  return request;
}

function parsed(field, text) {
  if (!text.trim()) {
    return undefined;
  }
  switch (field.type) {
    case "integer": case "number": return Number.isFinite(Number(text)) ? Number(text) : text;
    case "list": return text.split(",").map(item => item.trim()).filter(Boolean);
    case "json": try { return JSON.parse(text); } catch { return text; }
    default: return text === "true" ? true : text === "false" ? false : text;
  }
}

function set(target, path, value) {
  if (value === undefined) {
    return;
  }
  const keys = path.split(".");
  const last = keys.pop();
  keys.reduce((inner, key) => (inner[key] ??= {}), target)[last] = value;
}

/** The same request for a terminal. */
export function asCurl(request, address) {
  return `curl ${address}v1/fine_tuning/jobs \\
  -H "Authorization: Bearer $ANNEAL_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify(request, null, 2).replaceAll("'", "'\\''")}'`;
}

/** The same request for OpenAI's SDK, which has no arguments for what is Anneal's own. */
export function asPython(request, address) {
  const {afa_lora, anneal, ...known} = request;
  const own = Object.fromEntries(Object.entries({afa_lora, anneal}).filter(([, value]) => value));
  const given = Object.entries(known).map(([name, value]) => `    ${name}=${python(value)},`);
  if (Object.keys(own).length) {
    given.push(`    extra_body=${python(own)},`);
  }
  return `import os
from openai import OpenAI

client = OpenAI(base_url="${address}v1", api_key=os.environ.get("ANNEAL_API_KEY", "none"))
job = client.fine_tuning.jobs.create(
${given.join("\n")}
)
print(job.id)`;
}

const python = value =>
  value === null ? "None" : value === true ? "True" : value === false ? "False"
    : Array.isArray(value) ? `[${value.map(python).join(", ")}]`
    : typeof value === "object" ? `{${Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${python(inner)}`).join(", ")}}`
    : JSON.stringify(value);
