/** Jobs, newest first, with the queue. The service filters, searches and counts; the filters are kept in the address. */

import {html, nothing} from "../vendor/lit-html/lit-html.js";
import {repeat} from "../vendor/lit-html/directives/repeat.js";
import {get, withQuery} from "../lib/api.js";
import {count, date, duration, figure} from "../lib/format.js";
import {empty, errorCode, hasEnded, heading, loading, methodOf, pill, progress, when} from "../lib/parts.js";
import {go, link} from "../lib/router.js";

const PATH = "v1/fine_tuning/jobs";
const REFRESH_SECONDS = 3;
/** Rows of a page, the most that the list gives at a time. */
const ROWS = 100;
/** How long after the last letter words are sought. */
const TYPING_MILLISECONDS = 300;
/** Groups of statuses to choose from. */
const STATES = {
  active: ["running"],
  waiting: ["queued", "validating_files"],
  paused: ["paused"],
  succeeded: ["succeeded"],
  failed: ["failed"],
  cancelled: ["cancelled"],
};
const METHODS = ["supervised", "dpo", "reinforcement", "speculative_draft"];

export function open(view) {
  view.title = "Jobs";
  const state = {jobs: null, hasMore: false, rows: ROWS, counts: null, running: [], isReading: false};
  const chosen = new Set();
  let typing = 0;

  view.every(REFRESH_SECONDS, refresh);

  /** Reads what is shown as a whole, since a job that has changed may not meet the filters any more. */
  async function refresh() {
    const asked = filtered();
    const [counted, running, jobs] = await Promise.all([
      get("v1/fine_tuning/job_counts", {signal: view.signal}),
      get(`${PATH}?status=running&limit=100`, {signal: view.signal}),
      read(asked, state.rows),
    ]);
    if (asked === filtered()) {
      Object.assign(state, {counts: counted, running: running.data, jobs: jobs.rows, hasMore: jobs.hasMore});
    }
  }

  async function read(path, most) {
    const rows = [];
    for (let hasMore = true; hasMore;) {
      const page = await get(withQuery(path, {limit: ROWS, after: rows.at(-1)?.id}), {signal: view.signal});
      rows.push(...page.data);
      hasMore = page.has_more;
      if (rows.length >= most) {
        return {rows, hasMore};
      }
    }
    return {rows, hasMore: false};
  }

  function filtered() {
    const [chosenState, method, words] = ["state", "method", "find"].map(name => view.query.get(name));
    const path = withQuery(PATH, {method: METHODS.includes(method) ? method : null, search: words?.slice(0, 200)});
    return (STATES[chosenState] ?? []).reduce((before, status) => withQuery(before, {status}), path);
  }

  async function reread() {
    state.isReading = true;
    view.update();
    await view.attempt(refresh);
    state.isReading = false;
    view.update();
  }

  function filter(values) {
    view.remember(values);
    state.rows = ROWS;
    reread();
  }

  const search = text => {
    view.remember({find: text});
    clearTimeout(typing);
    typing = setTimeout(() => view.signal.aborted || filter({find: text}), TYPING_MILLISECONDS);
  };

  const choose = job => {
    chosen.has(job.id) ? chosen.delete(job.id) : chosen.add(job.id);
    view.update();
  };

  return () => {
    const {jobs, counts} = state;
    if (!jobs) {
      return [heading("Jobs"), loading()];
    }
    return html`
      ${heading("Jobs", html`
        <a class="button" aria-disabled=${chosen.size < 2} href=${chosen.size < 2 ? nothing : `#/compare?jobs=${[...chosen].join(",")}`}>Compare ${chosen.size || ""}</a>
        <a class="button primary" href="#/new">New job</a>`)}
      ${queue(counts.counts, state.running)}
      ${filters(view, filter, search)}
      ${jobs.length ? table(jobs, chosen, choose) : empty(counts.total ? "No job matches the filters." : "No job yet.", html`<a class="button" href="#/new">Create one</a>`)}
      <p class="quiet" role="status">
        ${count(jobs.length)}${state.hasMore ? "" : filtered() === PATH ? "" : " found,"} of ${count(counts.total)} jobs.
        ${state.hasMore ? html`<button class="quiet" ?disabled=${state.isReading} @click=${() => (state.rows = jobs.length + ROWS, reread())}>${state.isReading ? "Reading …" : `Show ${ROWS} more`}</button>` : null}
      </p>`;
  };
}

/** How many of the tenant's jobs run and wait, and how fast those train that run. */
function queue(counts, running) {
  return html`
    <ul class="figures">
      <li><b>${count(counts.running)}</b> running</li>
      <li><b>${count(counts.queued + counts.validating_files)}</b> waiting</li>
      ${counts.paused ? html`<li><b>${count(counts.paused)}</b> paused</li>` : null}
      <li><b>${count(running.reduce((sum, job) => sum + (job.anneal.tokens_per_second ?? 0), 0))}</b> tokens/s</li>
    </ul>`;
}

function filters(view, filter, search) {
  const select = (name, label, values) => html`
    <label>${label}
      <select @change=${event => filter({[name]: event.target.value})}>
        <option value="">all</option>
        ${values.map(value => html`<option value=${value} ?selected=${view.query.get(name) === value}>${value.replace("_", " ")}</option>`)}
      </select>
    </label>`;
  return html`
    <form class="filters" role="search" aria-label="Filter jobs" @submit=${event => event.preventDefault()}>
      ${select("state", "State", Object.keys(STATES))}
      ${select("method", "Method", METHODS)}
      <label class="wide">Find
        <input type="search" .value=${view.query.get("find") ?? ""} placeholder="id, model, suffix, metadata"
          maxlength="200" @input=${event => search(event.target.value)}>
      </label>
    </form>`;
}

function table(jobs, chosen, choose) {
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="Table">
      <table>
        <thead><tr>
          <th scope="col"><span class="hidden">Compare</span></th><th scope="col">Job</th><th scope="col">State</th><th scope="col">Progress</th>
          <th scope="col">Model</th><th scope="col">Method</th><th scope="col" class="right">Beta</th><th scope="col">Tenant</th><th scope="col">Created</th>
        </tr></thead>
        <tbody>${repeat(jobs, job => job.id, job => row(job, chosen.has(job.id), choose))}</tbody>
      </table>
    </div>`;
}

function row(job, isChosen, choose) {
  const {anneal} = job;
  return html`
    <tr @click=${event => event.target.closest("a, input, button") || go(link("job", job.id))}>
      <td><input type="checkbox" aria-label=${`Compare ${job.id}`} .checked=${isChosen} @change=${() => choose(job)}></td>
      <th scope="row"><a href=${link("job", job.id)}>${job.user_provided_suffix ?? job.id}</a>${job.user_provided_suffix ? html`<small>${job.id}</small>` : null}</th>
      <td>${pill(anneal.state)}</td>
      <td>${course(job)}</td>
      <td>${job.model}</td>
      <td>${methodOf(job).replace("_", " ")}</td>
      <td class="right">${anneal.adapter === "afa" ? figure(anneal.beta) : "–"}</td>
      <td>${job.organization_id}</td>
      <td>${when(job.created_at)}</td>
    </tr>`;
}

function course(job) {
  const {anneal} = job;
  if (anneal.waiting_for) {
    return html`<span title=${anneal.waiting_for.message}>waits: ${errorCode(anneal.waiting_for.code)}</span>`;
  }
  if (anneal.queue_position) {
    return html`${count(anneal.queue_position)} of ${count(anneal.queue_depth)} in the queue${anneal.estimated_start ? html`<small>starts ${date(anneal.estimated_start)}</small>` : null}`;
  }
  if (anneal.state === "succeeded") {
    return `${count(anneal.step)} steps`;
  }
  return html`${progress(anneal.percent, "Progress")}${anneal.eta_seconds !== null && !hasEnded(job) ? html`<small>${duration(anneal.eta_seconds)} left</small>` : null}`;
}
