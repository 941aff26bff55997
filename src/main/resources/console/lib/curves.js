/** The curves of one or several jobs as charts: one chart for each thing measured, one line for each job. */

import {html} from "../vendor/lit-html/lit-html.js";
import {repeat} from "../vendor/lit-html/directives/repeat.js";
import {measures} from "./measures.js";

/**
 * @param {{label: string, method: string, series: import("./series.js").Series}[]} runs
 * @param {"step" | "time"} by
 */
export function curves(runs, by) {
  const {first, more} = measures(runs.map(run => run.method), runs.flatMap(run => [...run.series.columns.keys()]));
  const charts = measured => measured.map(measure => ({name: measure.name, by, lines: linesOf(measure, runs, by)})).filter(chart => chart.lines.length);
  const hidden = charts(more);
  return html`
    ${grid(charts(first))}
    ${hidden.length ? html`<details><summary>${hidden.length} more measurements</summary>${grid(hidden)}</details>` : null}`;
}

const grid = charts => html`
  <div class="charts">
    ${repeat(charts, chart => chart.name, chart => html`<section class="chart"><h3>${chart.name}</h3><run-chart .data=${chart}></run-chart></section>`)}
  </div>`;

function linesOf(measure, runs, by) {
  return runs.flatMap(({label, series}, index) => {
    const lines = measure.lines.filter(([column]) => series.has(column));
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
