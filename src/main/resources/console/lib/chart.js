/** `<run-chart>`: lines over steps or seconds, drawn by uPlot. All charts of a page share the cursor. */

import {duration, figure} from "./format.js";

// A script of the page, loaded before.
const {uPlot} = /** @type {any} */ (globalThis);
const HEIGHT = 190;
const PALETTE = 8;
/** uPlot's mode of joining in which a line has no gap where only other lines have a point. */
const WITHOUT_NULLS = [0, 0];

/**
 * A line of a chart. `xs` ascend; gaps are null, and lines with `isSparse` are drawn across them, with points.
 * @typedef {{label: string, xs: number[], ys: (number | null)[], colour?: number, isSparse?: boolean}} Line
 */
class RunChart extends HTMLElement {
  #plot = null;
  #shape = "";
  #resized = new ResizeObserver(() => this.#plot?.setSize({width: this.clientWidth, height: HEIGHT}));
  #recoloured = () => this.#rebuild();
  /** @type {Line[]} */
  #lines = [];
  #drawn = "";
  /** The first and the last place on the horizontal axis that are drawn; the lines grow before they are. */
  #extent = [0, 0];
  /** By what the plot is drawn. */
  #axis = "";

  connectedCallback() {
    this.#resized.observe(this);
    document.addEventListener("colours", this.#recoloured);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.#recoloured);
    this.#rebuild();
  }

  disconnectedCallback() {
    this.#resized.disconnect();
    document.removeEventListener("colours", this.#recoloured);
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.#recoloured);
    this.#plot?.destroy();
    this.#plot = null;
  }

  get data() {
    return {name: this.name, lines: this.#lines, by: this.by};
  }

  /** @param {{name: string, lines: Line[], by: "step" | "time"}} data */
  set data({name, lines, by}) {
    this.#lines = lines;
    this.by = by;
    this.name = name;
    const shape = JSON.stringify([by, lines.map(line => [line.label, line.colour, line.isSparse])]);
    const drawn = shape + lines.map(line => line.xs.length).join();
    if (drawn === this.#drawn) {
      return;
    }
    this.#drawn = drawn;
    this.setAttribute("role", "img");
    this.setAttribute("aria-label", this.#summary());
    if (shape !== this.#shape || !this.#plot) {
      this.#shape = shape;
      this.#rebuild();
    } else {
      this.#update();
    }
  }

  /** What the reader has zoomed to stays; what is shown whole grows with the data. */
  #update() {
    const zoom = this.zoom;
    this.#plot.batch(() => {
      this.#plot.setData(this.#table(), !zoom);
      zoom && this.#plot.setScale("x", zoom);
    });
  }

  /** The part of the horizontal axis that is shown, or null if that is all of it. @returns {{min: number, max: number} | null} */
  get zoom() {
    const {min, max} = this.#plot.scales.x;
    const [first, last] = this.#extent;
    return min > first || max < last ? {min, max} : null;
  }

  /** For those who do not see the lines: where each begins and ends. */
  #summary() {
    const parts = this.#lines.map(line => {
      const values = line.ys.filter(value => value !== null);
      return values.length ? `${line.label} from ${figure(values[0])} to ${figure(values.at(-1))}` : `${line.label} without values`;
    });
    return `${this.name}: ${parts.join("; ")}`;
  }

  #table() {
    const tables = this.#lines.map(line => [line.xs, line.ys]);
    const areAlike = tables.every(([xs]) => xs === tables[0][0]);
    const table = areAlike ? [tables[0]?.[0] ?? [], ...tables.map(([, ys]) => ys)] : uPlot.join(tables, tables.map(() => WITHOUT_NULLS));
    this.#extent = [table[0][0], table[0].at(-1)];
    return table;
  }

  #rebuild() {
    if (!this.isConnected || !this.#lines.length) {
      return;
    }
    const zoom = this.#plot && this.#axis === this.by ? this.zoom : null;
    this.#axis = this.by;
    this.#plot?.destroy();
    const style = getComputedStyle(this);
    const [text, grid] = [style.getPropertyValue("--quiet"), style.getPropertyValue("--line")];
    const axis = {stroke: text, grid: {stroke: grid, width: 1}, ticks: {stroke: grid, width: 1}, font: "11px system-ui, sans-serif"};
    const x = this.by === "time" ? {...axis, values: (_, ticks) => ticks.map(duration)} : axis;
    const isLarge = this.#lines.some(line => line.xs.length > 2000);
    this.#plot = new uPlot({
      width: this.clientWidth || 300,
      height: HEIGHT,
      cursor: {sync: {key: "runs"}, points: {size: 6}},
      legend: {live: true},
      scales: {x: {time: false}},
      axes: [x, {...axis, size: 56, values: (_, ticks) => ticks.map(figure)}],
      series: [
        {label: this.by === "time" ? "time" : "step", value: (_, value) => (this.by === "time" ? duration(value) : figure(value))},
        ...this.#lines.map((line, index) => ({
          label: line.label,
          stroke: style.getPropertyValue(`--run-${(line.colour ?? index) % PALETTE}`),
          width: line.isSparse ? 2 : 1.5,
          dash: line.isSparse ? [6, 4] : undefined,
          spanGaps: line.isSparse ?? false,
          points: {show: line.isSparse && !isLarge, size: 5},
          value: (_, value) => figure(value),
        })),
      ],
    }, this.#table(), this);
    zoom && this.#plot.setScale("x", zoom);
  }
}

customElements.define("run-chart", RunChart);
