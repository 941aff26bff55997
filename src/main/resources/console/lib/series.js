/** A job's series, read in pages and kept as columns, so that 100,000 steps stay cheap to draw. */

import {get, id, withQuery} from "./api.js";

const PAGE = 1000;
/** What a row has beside its figures, and counts that no chart shows. */
const NOT_DRAWN = ["step", "created_at", "seconds", "epoch", "tokens", "shared_tokens", "trained_tokens", "valid_beta", "metrics", "valid_metrics"];

export class Series {
  #last = 0;
  #reading = null;

  constructor(jobId) {
    this.jobId = jobId;
    this.steps = [];
    /** Seconds of training so far, without pauses. */
    this.seconds = [];
    /** Figures by name: the row's own, the method's, and "valid ..." for what validations of the method measure. @type {Map<string, (number | null)[]>} */
    this.columns = new Map();
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
    for (const name of Object.keys(values).filter(name => !NOT_DRAWN.includes(name) && !this.columns.has(name))) {
      this.columns.set(name, new Array(this.length - 1).fill(null));
    }
    for (const [name, column] of this.columns) {
      column.push(values[name] ?? null);
    }
  }
}

const prefixed = (prefix, values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
