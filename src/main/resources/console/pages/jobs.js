/** Jobs, newest first, with the queue; the filters are kept in the address. */

import {html, nothing} from "../vendor/lit-html/lit-html.js";
import {repeat} from "../vendor/lit-html/directives/repeat.js";
import {get, pages, withQuery} from "../lib/api.js";
import {count, date, duration, figure} from "../lib/format.js";
import {empty, errorCode, hasEnded, heading, loading, methodOf, pill, progress, when} from "../lib/parts.js";
import {go, link} from "../lib/router.js";

const PATH = "v1/fine_tuning/jobs";
const SHOWN = 100;
const REFRESH_SECONDS = 3;
/** A table of a thousand rows takes half a second to draw. */
const ROWS = 200;
/** Groups of states to choose from. */
const STATES = {
  active: ["running", "pausing", "cancelling"],
  waiting: ["queued", "resuming", "validating_files"],
  paused: ["paused"],
  succeeded: ["succeeded"],
  failed: ["failed"],
  cancelled: ["cancelled"],
};
const METHODS = ["supervised", "dpo", "reinforcement", "speculative_draft"];

export function open(view) {
  view.title = "Jobs";
  /** By id, in the order of the list. */
  const jobs = new Map();
  const chosen = new Set();
  let hasAll = false;
  let isLoaded = false;
  let isReading = false;
  let rows = ROWS;

  view.every(REFRESH_SECONDS, async () => {
    const page = await get(withQuery(PATH, {limit: isLoaded ? 20 : SHOWN}), {signal: view.signal});
    if (!isLoaded) {
      hasAll = !page.has_more;
    }
    take(page.data, true);
    isLoaded = true;
    await refreshOlder(new Set(page.data.map(job => job.id)));
  });

  /** Jobs that have not ended may stand below the newest page. */
  async function refreshOlder(seen) {
    const older = [...jobs.values()].filter(job => !hasEnded(job) && !seen.has(job.id)).slice(0, 20);
    take(await Promise.all(older.map(job => get(`${PATH}/${job.id}`, {signal: view.signal}))), false);
  }

  function take(read, areNewest) {
    const unknown = read.filter(job => !jobs.has(job.id));
    read.forEach(job => jobs.has(job.id) && jobs.set(job.id, job));
    if (unknown.length) {
      const before = [...jobs.values()];
      jobs.clear();
      (areNewest ? [...unknown, ...before] : [...before, ...unknown]).forEach(job => jobs.set(job.id, job));
    }
  }

  async function readAll() {
    isReading = true;
    view.update();
    await view.attempt(async () => {
      const last = [...jobs.keys()].at(-1);
      for await (const page of pages(PATH, {after: last, signal: view.signal})) {
        take(page, false);
        view.update();
      }
      hasAll = true;
    });
    isReading = false;
    view.update();
  }

  function filtered() {
    const [state, method, words] = ["state", "method", "find"].map(name => view.query.get(name));
    return [...jobs.values()].filter(job =>
      (!state || STATES[state]?.includes(job.anneal.state))
      && (!method || methodOf(job) === method)
      && (!words || words.toLowerCase().split(/\s+/).every(word => searched(job).includes(word))));
  }

  const choose = job => {
    chosen.has(job.id) ? chosen.delete(job.id) : chosen.add(job.id);
    view.update();
  };

  return () => {
    if (!isLoaded) {
      return [heading("Jobs"), loading()];
    }
    const shown = filtered();
    return html`
      ${heading("Jobs", html`
        <a class="button" aria-disabled=${chosen.size < 2} href=${chosen.size < 2 ? nothing : `#/compare?jobs=${[...chosen].join(",")}`}>Compare ${chosen.size || ""}</a>
        <a class="button primary" href="#/new">New job</a>`)}
      ${queue([...jobs.values()])}
      ${filters(view)}
      ${shown.length ? table(shown.slice(0, rows), chosen, choose) : empty(jobs.size ? "No job matches the filters." : "No job yet.", html`<a class="button" href="#/new">Create one</a>`)}
      <p class="quiet" role="status">
        ${shown.length > rows ? html`<button class="quiet" @click=${() => (rows += ROWS, view.update())}>Show ${ROWS} more</button>` : null}
        ${count(shown.length)} of ${count(jobs.size)} jobs${hasAll ? "." : html`, the newest. <button class="quiet" ?disabled=${isReading} @click=${readAll}>${isReading ? "Reading …" : "Read all"}</button>`}
      </p>`;
  };
}

/** What running and waiting jobs say about the queue. */
function queue(jobs) {
  const active = jobs.filter(job => STATES.active.includes(job.anneal.state));
  const depth = Math.max(0, ...jobs.map(job => job.anneal.queue_depth ?? 0));
  const speed = active.reduce((sum, job) => sum + (job.anneal.tokens_per_second ?? 0), 0);
  return html`
    <ul class="figures">
      <li><b>${count(active.length)}</b> running</li>
      <li><b>${count(depth)}</b> in the queue</li>
      <li><b>${count(speed)}</b> tokens/s</li>
    </ul>`;
}

function filters(view) {
  const select = (name, label, values) => html`
    <label>${label}
      <select @change=${event => view.remember({[name]: event.target.value})}>
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
          @input=${event => view.remember({find: event.target.value})}>
      </label>
    </form>`;
}

const searched = job =>
  [job.id, job.model, job.fine_tuned_model, job.user_provided_suffix, job.organization_id, ...Object.entries(job.metadata ?? {}).flat()].filter(Boolean).join(" ").toLowerCase();

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
