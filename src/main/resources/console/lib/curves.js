/** The curves of one or several jobs as charts: one chart for each thing measured, one line for each job. */

import {html} from "../vendor/lit-html/lit-html.js";

const CHARTS = [
  {name: "Loss", lines: [["train_loss", "training"], ["valid_loss", "validation", true]]},
  {name: "Beta", lines: [["beta", "beta"]]},
  {name: "Reward", lines: [["reward", "training"], ["valid reward", "validation", true]]},
  {name: "Token accuracy", lines: [["train_mean_token_accuracy", "training"], ["valid_mean_token_accuracy", "validation", true]]},
  {name: "Learning rate", lines: [["learning_rate", "rate"]]},
  {name: "Tokens per second", lines: [["tokens_per_second", "tokens/s"]]},
  {name: "Gradient norm", lines: [["grad_norm", "norm"]]},
];
const NAMED = new Set(CHARTS.flatMap(chart => chart.lines.map(([column]) => column)));

/**
 * @param {{label: string, series: import("./series.js").Series}[]} runs
 * @param {"step" | "time"} by
 */
export function curves(runs, by) {
  const shown = charts => charts.map(chart => ({name: chart.name, by, lines: linesOf(chart, runs, by)})).filter(chart => chart.lines.length);
  const more = shown(measured(runs));
  return html`
    ${grid(shown(CHARTS))}
    ${more.length ? html`<details><summary>${more.length} more measurements</summary>${grid(more)}</details>` : null}`;
}

const grid = charts => html`<div class="charts">${charts.map(chart => html`<section class="chart"><h3>${chart.name}</h3><run-chart .data=${chart}></run-chart></section>`)}</div>`;

/** What the methods of these jobs measure besides, each in a chart of its own. */
function measured(runs) {
  const names = new Set(runs.flatMap(run => [...run.series.columns.keys()]).map(name => name.replace(/^valid /, "")));
  return [...names].filter(name => !NAMED.has(name)).sort().map(name => ({name, lines: [[name, "training"], [`valid ${name}`, "validation", true]]}));
}

function linesOf(chart, runs, by) {
  return runs.flatMap(({label, series}, index) => {
    const lines = chart.lines.filter(([column]) => series.has(column));
    return lines.map(([column, name, isSparse], place) => ({
      label: runs.length === 1 ? name : lines.length === 1 ? label : `${label}, ${name}`,
      xs: by === "time" ? series.seconds : series.steps,
      ys: series.columns.get(column),
      colour: runs.length === 1 ? place : index,
      isSparse: isSparse ?? false,
    }));
  });
}

export const axisChoice = (by, choose) => html`
  <div class="choice" role="group" aria-label="Horizontal axis">
    ${["step", "time"].map(axis => html`<button aria-pressed=${by === axis} @click=${() => choose(axis)}>by ${axis}</button>`)}
  </div>`;
