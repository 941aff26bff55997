/** Curves of several jobs over each other, by step or by time of training. */

import {html} from "../vendor/lit-html/lit-html.js";
import {get, id, isMissing} from "../lib/api.js";
import {axisChoice, curves} from "../lib/curves.js";
import {figure} from "../lib/format.js";
import {flatSettings} from "../lib/job-settings.js";
import {keyMeasures} from "../lib/measures.js";
import {empty, hasEnded, heading, loading, methodOf, pill} from "../lib/parts.js";
import {link} from "../lib/router.js";
import {Series} from "../lib/series.js";

/** As many as there are colours that can be told apart. */
const MOST = 8;

const unread = jobId => ({job: null, isMissing: false, series: new Series(jobId)});

export function open(view) {
  view.title = "Compare";
  /** @type {Map<string, {job: object | null, isMissing: boolean, series: Series}>} */
  const runs = new Map();
  let others = [];

  const chosen = () => (view.query.get("jobs") ?? "").split(",").filter(Boolean);
  const asked = () => chosen().slice(0, MOST);

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
    view.attempt(() => Promise.all(asked().map(read)));
  };

  return () => {
    const by = view.query.get("by") === "time" ? "time" : "step";
    const shown = asked().map(jobId => ({id: jobId, ...(runs.get(jobId) ?? unread(jobId))}));
    const found = shown.filter(run => !run.isMissing);
    const label = run => run.job?.user_provided_suffix ?? run.id.slice(0, 14);
    return html`
      ${heading("Compare")}
      <label class="wide">Add a job
        <select ?disabled=${shown.length >= MOST} @change=${event => (event.target.value && ask([...asked(), event.target.value]), event.target.value = "")}>
          <option value="">${shown.length >= MOST ? `At most ${MOST} at a time` : "Choose …"}</option>
          ${others.filter(job => !asked().includes(job.id)).map(job => html`<option value=${job.id}>${job.user_provided_suffix ?? ""} ${job.id} · ${job.model} · ${job.anneal.state}</option>`)}
        </select>
      </label>
      ${chosen().length > MOST ? html`<p class="note waiting">The first ${MOST} of ${chosen().length} jobs are shown, the most at a time. Remove one to see the next.</p>` : null}
      ${shown.length ? differences(shown, jobId => ask(chosen().filter(other => other !== jobId))) : empty("Choose the jobs whose curves are laid over each other.")}
      ${found.length ? html`
        <section>
          <div class="heading"><h2>Curves</h2>${axisChoice(by, axis => view.remember({by: axis}))}</div>
          ${found.every(run => run.job) ? curves(found.map(run => ({label: label(run), method: methodOf(run.job), series: run.series})), by) : loading()}
        </section>` : null}`;
  };
}

/** The jobs with what came of them and all settings in which they differ. */
function differences(runs, leave) {
  const flat = runs.map(run => (run.job ? flatSettings(run.job) : {}));
  const names = [...new Set(flat.flatMap(Object.keys))].filter(name => new Set(flat.map(values => values[name])).size > 1);
  const results = keyMeasures(methodsOf(runs)).flatMap(measure => measure.lines.map(([column, name]) => ({measure, column, label: `${measure.name}, ${name}`})))
    .filter(({column}) => runs.some(run => run.series.has(column)));
  return html`
    <section>
      <h2>Results and settings that differ</h2>
      <div class="scroll" tabindex="0" role="group" aria-label="Table"><table class="comparison">
        <thead><tr><th scope="col">Job</th><th scope="col">State</th>${results.map(({label}) => html`<th scope="col" class="right">${label}</th>`)}
          ${names.map(name => html`<th scope="col">${name.replaceAll("_", " ")}</th>`)}<th scope="col"><span class="hidden">Remove</span></th></tr></thead>
        <tbody>${runs.map((run, index) => html`
          <tr>
            <th scope="row"><span class=${`swatch run-${index}`}></span><a href=${link("job", run.id)}>${run.job?.user_provided_suffix ?? run.id}</a></th>
            <td>${run.job ? pill(run.job.anneal.state) : run.isMissing ? "no such job" : "…"}</td>
            ${results.map(({measure, column}) => html`<td class="right">${run.job && keyMeasures([methodOf(run.job)]).includes(measure) ? figure(last(run.series.columns.get(column))) : "–"}</td>`)}
            ${names.map(name => html`<td>${flat[index][name] ?? "–"}</td>`)}
            <td><button class="quiet" aria-label=${`Remove ${run.id}`} @click=${() => leave(run.id)}>✕</button></td>
          </tr>`)}
        </tbody>
      </table></div>
    </section>`;
}

const methodsOf = runs => runs.filter(run => run.job).map(run => methodOf(run.job));

const last = values => values?.findLast(value => value !== null);
