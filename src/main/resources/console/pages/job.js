/** One job, live: its curves, events, checkpoints, samples, settings and attempts, and what can be done with it. */

import {html} from "../vendor/lit-html/lit-html.js";
import {ApiError, get, id, isMissing, post, readEvents, request, withQuery} from "../lib/api.js";
import {untilAnswered} from "../lib/connection.js";
import {axisChoice, curves} from "../lib/curves.js";
import {count, date, duration, figure} from "../lib/format.js";
import {confirm} from "../lib/messages.js";
import {code, copyable, facts, hasEnded, heading, loading, methodOf, pill, progress, trouble, when} from "../lib/parts.js";
import {settingsOf} from "../lib/job-settings.js";
import {link} from "../lib/router.js";
import {Series} from "../lib/series.js";
import {pause} from "../lib/view.js";

const REFRESH_SECONDS = 2;
const EVENTS = 200;
const RUNNING_PAUSE = "It stops after its current step and saves a checkpoint. Once it is resumed, it queues like a new job, and then goes on from the checkpoint.";
const QUEUED_PAUSE = "It leaves the queue and does not keep its place. Once it is resumed, it queues like a new job.";

export function open(view, jobId) {
  const path = `v1/fine_tuning/jobs/${id(jobId)}`;
  const series = new Series(jobId);
  const state = {job: null, events: [], checkpoints: [], samples: [], missing: null};
  /** The newest event's id. */
  let last = null;
  view.title = jobId;

  follow();

  /** Reads what changes until the job has ended, and once afterwards. */
  function follow() {
    view.every(REFRESH_SECONDS, async () => {
      try {
        await read();
      } catch (error) {
        if (!isMissing(error)) {
          throw error;
        }
        state.missing = error.message;
      }
      return !state.missing && !hasEnded(state.job);
    });
  }

  async function read() {
    const {signal} = view;
    const isFirst = !state.job;
    state.job = await get(path, {signal});
    view.update();
    if (isFirst) {
      followEvents();
    }
    const [, checkpoints, samples] = await Promise.all([
      series.read({signal, onPage: () => view.update()}),
      get(`${path}/checkpoints?limit=100`, {signal}),
      methodOf(state.job) === "reinforcement" ? get(`${path}/samples?limit=20`, {signal}) : {data: []},
    ]);
    state.checkpoints = checkpoints.data;
    state.samples = samples.data;
  }

  /** Events by the server's stream, which ends with the job; the newest list if no stream is free. */
  async function followEvents() {
    while (!view.signal.aborted) {
      try {
        const headers = last ? {"Last-Event-ID": last} : {};
        const response = await untilAnswered(() => request("GET", `${path}/events?stream=true`, {signal: view.signal, headers}), view.signal);
        await readEvents(response, (data, eventId) => {
          last = eventId ?? last;
          state.events.push(JSON.parse(data));
          view.update();
        });
        return;
      } catch (error) {
        if (view.signal.aborted) {
          return;
        }
        if (error instanceof ApiError) {
          state.events = (await get(withQuery(`${path}/events`, {limit: EVENTS}), {signal: view.signal}).catch(() => ({data: []}))).data.reverse();
          view.update();
        }
        await pause(5);
      }
    }
  }

  const act = (verb, question) => async () => {
    if (!question || await confirm(question)) {
      const job = await view.attempt(() => post(`${path}/${verb}`));
      if (job) {
        const hadEnded = hasEnded(state.job);
        state.job = job;
        if (hadEnded) {
          follow();
          followEvents();
        }
      }
    }
  };

  return () => {
    const {job} = state;
    if (state.missing) {
      return [heading("No such job"), html`<p>${state.missing}</p><p><a href="#/jobs">All jobs</a></p>`];
    }
    if (!job) {
      return [heading(jobId), loading()];
    }
    const by = view.query.get("by") === "time" ? "time" : "step";
    return html`
      ${heading(job.user_provided_suffix ?? job.id, pill(job.anneal.state), actions(job, act))}
      <p class="id">${copyable(job.id, "Copy id")}</p>
      ${trouble({waiting_for: job.anneal.waiting_for, error: job.error})}
      ${summary(job)}
      <section>
        <div class="heading"><h2>Curves</h2>${axisChoice(by, axis => view.remember({by: axis}))}<a href=${`#/compare?jobs=${job.id}`}>Compare with others</a></div>
        ${series.length ? curves([{label: job.id, method: methodOf(job), series}], by) : html`<p class="quiet">Curves begin with the first step.</p>`}
      </section>
      ${state.samples.length ? samples(state.samples) : null}
      ${checkpoints(job, state.checkpoints)}
      ${events(state.events)}
      ${attempts(job.anneal.attempts)}
      ${settings(job)}`;
  };
}

function actions(job, act) {
  const {state, failure} = job.anneal;
  const canPause = ["queued", "running", "resuming"].includes(state);
  return html`
    ${canPause ? html`<button @click=${act("pause", {title: "Pause this job?", text: state === "queued" ? QUEUED_PAUSE : RUNNING_PAUSE, action: "Pause"})}>Pause</button>` : null}
    ${state === "paused" || failure?.retryable ? html`<button class="primary" @click=${act("resume")}>Resume</button>` : null}
    ${hasEnded(job) ? null : html`<button class="danger" @click=${act("cancel", {title: "Cancel this job?", text: "It ends for good. Its newest checkpoint is kept.", action: "Cancel the job", isDangerous: true})}>Cancel</button>`}
    ${job.fine_tuned_model ? html`<a class="button primary" href=${link("model", job.fine_tuned_model)}>Open the model</a>` : null}`;
}

function summary(job) {
  const {anneal} = job;
  const isRunning = !hasEnded(job);
  return html`
    <section class="card">
      ${isRunning && anneal.state !== "queued" ? progress(anneal.percent, "Progress of the training") : null}
      ${facts([
        ["Step", anneal.total_steps ? `${count(anneal.step)} of ${count(anneal.total_steps)}` : count(anneal.step)],
        ["Queue", anneal.queue_position ? `${count(anneal.queue_position)} of ${count(anneal.queue_depth)}` : null],
        ["Starts", anneal.estimated_start && isRunning && anneal.step === 0 ? date(anneal.estimated_start) : null],
        ["Time left", isRunning && anneal.eta_seconds !== null ? duration(anneal.eta_seconds) : null],
        ["Beta", anneal.adapter === "afa" ? `${figure(anneal.beta)}${anneal.mergeable ? ", can be merged" : ""}` : null],
        ["Annealed at step", anneal.adapter === "afa" && anneal.annealed_at_step ? count(anneal.annealed_at_step) : null],
        ["Tokens/s", anneal.tokens_per_second ? count(anneal.tokens_per_second) : null],
        ["Tokens", count(anneal.tokens)],
        ["Shared tokens", anneal.shared_tokens ? count(anneal.shared_tokens) : null],
        ["Model", html`<a href=${link("model", job.model)}>${job.model}</a>`],
        ["Method", methodOf(job).replace("_", " ")],
        ["Training file", html`<a href=${link("file", job.training_file)}>${job.training_file}</a>`],
        ["Validation file", job.validation_file ? html`<a href=${link("file", job.validation_file)}>${job.validation_file}</a>` : null],
        ["Tenant", job.organization_id],
        ["Created", when(job.created_at)],
        ["Finished", job.finished_at ? when(job.finished_at) : null],
      ])}
    </section>`;
}

function samples(rows) {
  return html`
    <section>
      <h2>Completions and their rewards</h2>
      <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
        <thead><tr><th scope="col">Step</th><th scope="col">Prompt</th><th scope="col">Completion</th><th scope="col" class="right">Reward</th></tr></thead>
        <tbody>${rows.map(sample => html`
          <tr><td>${sample.step}</td><td class="text">${sample.prompt}</td><td class="text">${sample.completion}${sample.truncated ? " …" : ""}</td>
            <td class="right">${sample.errors.length ? html`<span title=${sample.errors.join("\n")}>no verdict</span>` : figure(sample.reward)}</td></tr>`)}
        </tbody>
      </table></div>
    </section>`;
}

function checkpoints(job, rows) {
  if (!rows.length) {
    return null;
  }
  return html`
    <section>
      <h2>Checkpoints</h2>
      <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
        <thead><tr><th scope="col">Step</th><th scope="col" class="right">Beta</th><th scope="col">Can be merged</th><th scope="col" class="right">Training loss</th>
          <th scope="col" class="right">Validation loss</th><th scope="col">Model</th><th scope="col">Saved</th></tr></thead>
        <tbody>${rows.map(checkpoint => html`
          <tr>
            <td>${count(checkpoint.step_number)}</td>
            <td class="right">${figure(checkpoint.anneal.beta)}</td>
            <td>${checkpoint.anneal.mergeable ? "yes" : "not yet: beta is above 0"}</td>
            <td class="right">${figure(checkpoint.metrics.train_loss)}</td>
            <td class="right">${figure(checkpoint.metrics.full_valid_loss ?? checkpoint.metrics.valid_loss)}</td>
            <td><a href=${`${link("model", checkpoint.fine_tuned_model_checkpoint)}?job=${job.id}&checkpoint=${checkpoint.id}`}>${checkpoint.fine_tuned_model_checkpoint}</a></td>
            <td>${when(checkpoint.created_at)}</td>
          </tr>`)}
        </tbody>
      </table></div>
    </section>`;
}

function events(rows) {
  const messages = rows.filter(event => event.type === "message").slice(-EVENTS).reverse();
  return html`
    <section>
      <h2>Events</h2>
      <ol class="events" aria-label="Events, newest first" tabindex="0">
        ${messages.map(event => html`<li class=${event.level}><time>${date(event.created_at)}</time> <span>${event.message}</span></li>`)}
      </ol>
    </section>`;
}

function attempts(rows) {
  if (rows.length < 2) {
    return null;
  }
  return html`
    <section>
      <h2>Attempts</h2>
      <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
        <thead><tr><th scope="col">Attempt</th><th scope="col">From step</th><th scope="col">Began</th><th scope="col">Ended</th><th scope="col">Reason</th></tr></thead>
        <tbody>${rows.map(attempt => html`
          <tr><td>${attempt.number}</td><td>${count(attempt.from_step)}</td><td>${date(attempt.started_at)}</td><td>${date(attempt.ended_at)}</td><td>${attempt.reason ?? "–"}</td></tr>`)}
        </tbody>
      </table></div>
    </section>`;
}

const settings = job => html`<section><h2>Settings</h2>${code(JSON.stringify(settingsOf(job), null, 2), "Settings as JSON")}</section>`;
