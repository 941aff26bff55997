/** The form for a job. Each change asks the service for an estimate, which tells what the job needs, what `auto` becomes, and what is wrong. */

import {html, nothing} from "../vendor/lit-html/lit-html.js";
import {keyed} from "../vendor/lit-html/directives/keyed.js";
import {get, post} from "../lib/api.js";
import {untilAnswered} from "../lib/connection.js";
import {bytes, count, date, duration} from "../lib/format.js";
import {dropDraft, keepDraft, keptDraft, newKey} from "../lib/job-draft.js";
import {asCurl, asPython, fieldsOf, pathOf, requestOf} from "../lib/job-fields.js";
import {say} from "../lib/messages.js";
import {code, errorCode, facts, heading, loading, manual} from "../lib/parts.js";
import {go, link} from "../lib/router.js";

const METHODS = {supervised: "Supervised", dpo: "Preferences (DPO)", reinforcement: "Rewards (GRPO)", speculative_draft: "Draft"};
const GUIDES = {supervised: "supervised", dpo: "preferences", reinforcement: "rewards", speculative_draft: "drafts"};
/** What the files of a method must hold. */
const FORMATS = {supervised: "chat", dpo: "preference", reinforcement: "reinforcement", speculative_draft: "chat"};
const PAUSE_MILLISECONDS = 400;

export function open(view) {
  view.title = "New job";
  const draft = keptDraft();
  const values = new Map([...draft.values, ...[...view.query].filter(([name]) => ["model", "training_file", "validation_file"].includes(name))]);
  const state = {method: view.query.get("method") ?? draft.method, models: null, files: [], estimate: null, error: null, isSending: false, key: draft.key, form: 0};
  let asking = null;
  let timer = null;

  const firstBase = () => state.models.find(model => !model.id.startsWith("ft:"))?.id ?? "";

  view.load(async () => {
    const [models, files] = await Promise.all([get("v1/models", {signal: view.signal}), get("v1/files?limit=1000&purpose=fine-tune", {signal: view.signal})]);
    state.models = models.data;
    state.files = files.data;
    values.set("model", values.get("model") || firstBase());
    estimateSoon();
  });

  function change(path, text) {
    values.set(path, text);
    keep(null);
    estimateSoon();
    view.update();
  }

  /** @param {string | null} key of the request; the same one is sent again only until the form changes */
  function keep(key) {
    state.key = key;
    keepDraft({method: state.method, values, key});
  }

  function clear() {
    values.clear();
    values.set("model", firstBase());
    Object.assign(state, {estimate: null, error: null, key: null, form: state.form + 1});
    dropDraft();
    view.update();
  }

  function estimateSoon() {
    clearTimeout(timer);
    timer = setTimeout(estimate, PAUSE_MILLISECONDS);
  }

  /** The newest question wins; while the file is being counted, the service is asked again. */
  async function estimate() {
    asking?.abort();
    const request = requestOf(state.method, values);
    if (!request.model || !request.training_file || view.signal.aborted) {
      return;
    }
    asking = new AbortController();
    const signal = AbortSignal.any([asking.signal, view.signal]);
    try {
      state.estimate = await untilAnswered(() => post("v1/fine_tuning/estimate", request, {signal}), signal);
      state.error = null;
      if (!state.estimate.complete) {
        timer = setTimeout(estimate, 1000);
      }
    } catch (error) {
      if (!signal.aborted) {
        state.error = error;
        state.estimate = null;
      }
    }
    view.update();
  }

  async function submit(event) {
    event.preventDefault();
    state.isSending = true;
    keep(state.key ?? newKey());
    view.update();
    try {
      const job = await post("v1/fine_tuning/jobs", requestOf(state.method, values), {headers: {"Idempotency-Key": state.key}});
      dropDraft();
      go(link("job", job.id));
    } catch (error) {
      if (error.isAway) {
        say(error);
      } else {
        state.error = error;
      }
    }
    state.isSending = false;
    view.update();
  }

  const choose = method => {
    state.method = method;
    state.estimate = null;
    state.error = null;
    keep(null);
    view.remember({method});
    estimateSoon();
  };

  return () => {
    if (!state.models) {
      return [heading("New job"), loading()];
    }
    const request = requestOf(state.method, values);
    return html`
      ${heading("New job")}
      <div class="choice" role="group" aria-label="Method">
        ${Object.entries(METHODS).map(([method, label]) => html`<button aria-pressed=${state.method === method} @click=${() => choose(method)}>${label}</button>`)}
      </div>
      <p>${manual(`guides/${GUIDES[state.method]}.md`, "Guide to this method")}</p>
      <div class="columns">
        <form @submit=${submit} novalidate>${keyed(`${state.method} ${state.form}`, form(state, values, change))}
          <div class="actions">
            <button type="button" @click=${clear}>Clear the form</button>
            <button class="primary" ?disabled=${state.isSending || !request.model || !request.training_file || state.error}>${state.isSending ? "Sending …" : "Start the job"}</button>
          </div>
        </form>
        <aside aria-label="Estimate">
          <h2>Before it runs</h2>
          ${estimated(state, request)}
        </aside>
      </div>
      <section>
        <h2>The same request</h2>
        ${code(asCurl(request, document.baseURI.split("#")[0]), "As a command")}
        ${code(asPython(request, document.baseURI.split("#")[0]), "In Python")}
      </section>`;
  };
}

function form(state, values, change) {
  const fields = fieldsOf(state.method);
  const groups = [...new Set(fields.map(setting => setting.group))];
  return html`
    ${pick("model", "Model", state.models.map(model => [model.id, model.id]), state, values, change, true)}
    ${pick("training_file", "Training file", files(state), state, values, change, true)}
    ${pick("validation_file", "Validation file", files(state), state, values, change)}
    ${field("suffix", "Suffix of the tuned model's name", state, html`
      <input name="suffix" maxlength="64" .value=${values.get("suffix") ?? ""} @input=${event => change("suffix", event.target.value)}>`)}
    ${groups.map(group => html`
      <details ?open=${["Rewards", "Draft", "Preferences"].includes(group) || fields.some(setting => setting.group === group && values.get(pathOf(setting, state.method)))}>
        <summary>${group}</summary>
        <div class="grid">${fields.filter(setting => setting.group === group).map(setting => input(setting, state, values, change))}</div>
      </details>`)}`;
}

const files = state => state.files.map(file => [file.id, `${file.filename} · ${bytes(file.bytes)} · ${file.id}${file.status === "error" ? " · unusable" : ""}`]);

/** A control with its label, and beside it what the service refuses of its value. */
function field(path, label, {error}, control, hint = null, className = "") {
  return html`
    <div class="field ${className}">
      <label>${label}${control}</label>
      ${hint}
      <small class="bad" id=${`problem-${path}`}>${error?.param === path ? error.message : null}</small>
    </div>`;
}

function pick(path, label, options, state, values, change, isRequired = false) {
  return field(path, label, state, html`
    <select name=${path} ?required=${isRequired} aria-describedby=${`problem-${path}`} @change=${event => change(path, event.target.value)}>
      <option value="">${isRequired ? "Choose …" : "none"}</option>
      ${options.map(([value, text]) => html`<option value=${value} ?selected=${values.get(path) === value}>${text}</option>`)}
    </select>`,
  path === "training_file" ? html`<small>Rows of the format ${FORMATS[state.method]}. <a href="#/data">Upload a file</a></small>` : null);
}

function input(setting, state, values, change) {
  const path = pathOf(setting, state.method);
  const onInput = event => change(path, event.target.value);
  const value = values.get(path) ?? "";
  const described = `hint-${path} problem-${path}`;
  const hint = setting.isRequired || setting.type === "json" ? null : html`<small class="hint" id=${`hint-${path}`}>${value ? null : becomes(setting, state.estimate)}</small>`;
  const control = setting.type === "choice" ? html`
      <select name=${path} aria-describedby=${described} @change=${onInput}>
        <option value="">${setting.isRequired ? "Choose …" : "auto"}</option>
        ${setting.options.map(option => html`<option value=${option} ?selected=${value === option}>${option}</option>`)}
      </select>`
    : setting.type === "json" ? html`
      <textarea name=${path} rows="8" spellcheck="false" aria-describedby=${described} placeholder=${JSON.stringify(setting.example, null, 2)} .value=${value} @input=${onInput}></textarea>`
    : html`<input name=${path} aria-describedby=${described} inputmode=${["text", "list"].includes(setting.type) ? nothing : "decimal"} placeholder="auto" .value=${value} @input=${onInput}>`;
  return field(path, setting.label, state, control, hint, setting.type === "json" ? "wide" : "");
}

/** What the service makes of a field that is left empty, as far as it is known. */
function becomes(setting, estimate) {
  const auto = typeof setting.auto === "function" ? setting.auto(estimate) : setting.auto;
  return auto === undefined || auto === null || auto === "" || auto === "auto" ? null : `auto: ${auto}`;
}

/** What the time is estimated from; a warning says that it is a guess. */
const BASES = {past_jobs: "past jobs", other_models: "past jobs of other models"};

/** How long the job takes: one time, or from the shortest to the longest where it is a guess or the length of completions is not known. */
function expected({duration_seconds: seconds, duration_range: range}) {
  return range ? `${duration(range.from_seconds)} to ${duration(range.to_seconds)}` : duration(seconds);
}

function estimated(state, request) {
  const {estimate, error} = state;
  if (!request.training_file) {
    return html`<p class="quiet">Choose a training file to see what the job would need.</p>`;
  }
  if (error) {
    return html`<p class="note bad" role="alert"><strong>${errorCode(error.code)}${error.param ? html` · <code>${error.param}</code>` : null}</strong> ${error.message}</p>`;
  }
  if (!estimate) {
    return loading();
  }
  return html`
    ${estimate.complete ? null : html`<p class="note waiting" role="status">The file is being counted …</p>`}
    ${facts([
      ["Rows", count(estimate.rows)],
      ["Tokens", count(estimate.tokens)],
      ["Shared tokens, not computed", estimate.shared_tokens === null ? null : count(estimate.shared_tokens)],
      ["Epochs", count(estimate.hyperparameters.n_epochs)],
      ["Batch size", count(estimate.hyperparameters.batch_size)],
      ["Steps", count(estimate.total_steps)],
      ["Beta is 0 from step", estimate.annealed_at_step ? count(estimate.annealed_at_step) : null],
      [estimate.devices > 1 ? "Memory of each device" : "Memory", bytes(estimate.memory?.total_bytes)],
      ["Tokens of a completion", estimate.completion_tokens === null ? null : count(estimate.completion_tokens)],
      ["Time", expected(estimate)],
      ["Devices", estimate.devices > 1 ? count(estimate.devices) : null],
      ["Hours of all devices", estimate.devices > 1 && estimate.device_hours !== null ? estimate.device_hours.toFixed(2) : null],
      ["Expected start", estimate.expected_start ? date(estimate.expected_start) : null],
    ])}
    ${BASES[estimate.duration_basis] ? html`<p class="quiet">The time is estimated from ${BASES[estimate.duration_basis]}.</p>` : null}
    ${estimate.warnings.map(warning => html`<p class="note waiting">${warning}</p>`)}`;
}
