/** Curves of several jobs over each other, by step or by time of training. */

import {html} from "../vendor/lit-html/lit-html.js";
import {get, id, isMissing} from "../lib/api.js";
import {axisChoice, curves} from "../lib/curves.js";
import {figure} from "../lib/format.js";
import {empty, hasEnded, heading, loading, methodOf, pill} from "../lib/parts.js";
import {link} from "../lib/router.js";
import {Series} from "../lib/series.js";

const MOST = 6;

const unread = jobId => ({job: null, isMissing: false, series: new Series(jobId)});

export function open(view) {
  view.title = "Compare";
  /** @type {Map<string, {job: object | null, isMissing: boolean, series: Series}>} */
  const runs = new Map();
  let others = [];

  const asked = () => (view.query.get("jobs") ?? "").split(",").filter(Boolean).slice(0, MOST);

  view.load(async () => (others = (await get("v1/fine_tuning/jobs?limit=100", {signal: view.signal})).data));
  view.every(3, () => Promise.all(asked().map(read)));

  async function read(jobId) {
    const run = runs.get(jobId) ?? unread(jobId);
    runs.set(jobId, run);
    if (run.isMissing || run.job && hasEnded(run.job)) {
      return;
    }
    let job;
    try {
      job = await get(`v1/fine_tuning/jobs/${id(jobId)}`, {signal: view.signal});
    } catch (error) {
      run.isMissing = isMissing(error);
      throw error;
    }
    await run.series.read({signal: view.signal, onPage: () => view.update()});
    run.job = job;
  }

  const ask = jobs => {
    view.remember({jobs: jobs.join(",")});
    view.attempt(() => Promise.all(jobs.map(read)));
  };

  return () => {
    const by = view.query.get("by") === "time" ? "time" : "step";
    const shown = asked().map(jobId => ({id: jobId, ...(runs.get(jobId) ?? unread(jobId))}));
    const found = shown.filter(run => !run.isMissing);
    const label = run => run.job?.user_provided_suffix ?? run.id.slice(0, 14);
    return html`
      ${heading("Compare", axisChoice(by, axis => view.remember({by: axis})))}
      <label class="wide">Add a job
        <select ?disabled=${shown.length >= MOST} @change=${event => (event.target.value && ask([...asked(), event.target.value]), event.target.value = "")}>
          <option value="">${shown.length >= MOST ? `At most ${MOST} at a time` : "Choose …"}</option>
          ${others.filter(job => !asked().includes(job.id)).map(job => html`<option value=${job.id}>${job.user_provided_suffix ?? ""} ${job.id} · ${job.model} · ${job.anneal.state}</option>`)}
        </select>
      </label>
      ${shown.length ? differences(shown, jobId => ask(asked().filter(other => other !== jobId))) : empty("Choose the jobs whose curves are laid over each other.")}
      ${found.every(run => run.job) ? curves(found.map(run => ({label: label(run), series: run.series})), by) : loading()}`;
  };
}

/** The jobs with the settings in which they differ. */
function differences(runs, leave) {
  const flat = runs.map(run => (run.job ? flatten({method: methodOf(run.job), model: run.job.model, training_file: run.job.training_file, seed: run.job.seed,
    hyperparameters: run.job.hyperparameters, afa_lora: run.job.afa_lora, learning_rate: run.job.anneal.learning_rate, adapter: run.job.anneal.adapter}) : {}));
  const keys = [...new Set(flat.flatMap(Object.keys))].filter(key => new Set(flat.map(values => String(values[key]))).size > 1);
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
      <thead><tr><th scope="col">Job</th><th scope="col">State</th><th scope="col" class="right">Training loss</th><th scope="col" class="right">Validation loss</th>
        ${keys.map(key => html`<th scope="col">${key.replaceAll("_", " ")}</th>`)}<th scope="col"><span class="hidden">Remove</span></th></tr></thead>
      <tbody>${runs.map((run, index) => html`
        <tr>
          <th scope="row"><span class=${`swatch run-${index}`}></span><a href=${link("job", run.id)}>${run.job?.user_provided_suffix ?? run.id}</a></th>
          <td>${run.job ? pill(run.job.anneal.state) : run.isMissing ? "no such job" : "…"}</td>
          <td class="right">${figure(last(run.series.columns.get("train_loss")))}</td>
          <td class="right">${figure(last(run.series.columns.get("valid_loss")))}</td>
          ${keys.map(key => html`<td>${String(flat[index][key] ?? "–")}</td>`)}
          <td><button class="quiet" aria-label=${`Remove ${run.id}`} @click=${() => leave(run.id)}>✕</button></td>
        </tr>`)}
      </tbody>
    </table></div>`;
}

const last = values => values.findLast(value => value !== null);

function flatten(value, prefix = "") {
  return Object.fromEntries(Object.entries(value ?? {}).flatMap(([key, inner]) =>
    inner && typeof inner === "object" && !Array.isArray(inner) ? Object.entries(flatten(inner, `${key}.`)) : [[prefix + key, Array.isArray(inner) ? inner.join(" ") : inner]]));
}
