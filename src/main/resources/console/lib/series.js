/** A job's series, read in pages and kept as columns, so that 100,000 steps stay cheap to draw. */

import {get, id, withQuery} from "./api.js";

const PAGE = 1000;
/** Columns of each row; what the method measures is added under its own name. */
const PLAIN = ["train_loss", "valid_loss", "train_mean_token_accuracy", "valid_mean_token_accuracy", "beta", "learning_rate", "tokens_per_second", "grad_norm"];

export class Series {
  #last = 0;
  #reading = null;

  constructor(jobId) {
    this.jobId = jobId;
    this.steps = [];
    /** Seconds of training so far, without pauses. */
    this.seconds = [];
    /** @type {Map<string, (number | null)[]>} */
    this.columns = new Map(PLAIN.map(name => [name, []]));
  }

  get length() {
    return this.steps.length;
  }

  has(name) {
    return this.columns.get(name)?.some(value => value !== null) ?? false;
  }

  /** Reads what is new; `onPage` is called after each page. Calls at the same time share the reading. */
  read(options) {
    this.#reading ??= this.#readAll(options).finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #readAll({signal, onPage = () => {}}) {
    for (;;) {
      const page = await get(withQuery(`v1/fine_tuning/jobs/${id(this.jobId)}/metrics`, {after: this.#last, limit: PAGE}), {signal});
      page.data.forEach(row => this.#add(row));
      if (page.data.length) {
        onPage();
      }
      if (!page.has_more) {
        return;
      }
    }
  }

  #add(row) {
    this.#last = row.step;
    this.steps.push(row.step);
    this.seconds.push((this.seconds.at(-1) ?? 0) + row.seconds);
    const values = {...row, ...row.metrics, ...prefixed("valid ", row.valid_metrics)};
    for (const name of [...Object.keys(row.metrics), ...Object.keys(row.valid_metrics).map(key => `valid ${key}`)]) {
      if (!this.columns.has(name)) {
        this.columns.set(name, new Array(this.length - 1).fill(null));
      }
    }
    for (const [name, column] of this.columns) {
      column.push(values[name] ?? null);
    }
  }
}

const prefixed = (prefix, values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
