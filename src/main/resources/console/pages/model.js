/** One model: exports with their proof, answers before and after, who may use it, and its draft. */

import {html} from "../vendor/lit-html/lit-html.js";
import {ApiError, download, get, id, post, remove} from "../lib/api.js";
import {untilAnswered} from "../lib/connection.js";
import {draftsOf} from "../lib/drafts.js";
import {bytes, count, figure, percent} from "../lib/format.js";
import {ask, confirm, say} from "../lib/messages.js";
import {facts, heading, loading, manual, methodOf, pill, trouble, when} from "../lib/parts.js";
import {go, link} from "../lib/router.js";
import {pause} from "../lib/view.js";

const UNFINISHED = new Set(["queued", "running"]);
const REFRESH_SECONDS = 2;

export function open(view, modelId) {
  const path = `v1/models/${id(modelId)}`;
  const state = {model: null, missing: null, isRead: false, job: null, exports: [], evaluations: [], permissions: null, files: [], models: [], drafts: [], pushes: new Map()};
  const isTuned = modelId.startsWith("ft:");
  view.title = modelId;
  begin();

  async function begin() {
    try {
      state.model = await untilAnswered(() => get(path, {signal: view.signal}), view.signal);
    } catch (error) {
      state.missing = error instanceof ApiError ? error.message : null;
      say(error);
      view.update();
      return;
    }
    view.update();
    const {signal} = view;
    view.load(async () => (state.files = (await get("v1/files?limit=1000&purpose=fine-tune", {signal})).data));
    view.load(async () => (state.drafts = await draftsOf(modelId, signal)));
    view.load(async () => (state.models = (await get("v1/models", {signal})).data));
    if (isTuned) {
      state.job = await view.load(findJob);
      readPermissions();
    }
    view.every(REFRESH_SECONDS, follow);
  }

  /** The job that made the model: named in the address, or sought by the end of its id, which is that of the model's name. */
  async function findJob() {
    const named = view.query.get("job");
    if (named) {
      return get(`v1/fine_tuning/jobs/${id(named)}`, {signal: view.signal});
    }
    const owner = modelId.replace(/:ckpt-step-\d+$/, "");
    const found = await get(`v1/fine_tuning/jobs?limit=100&search=${id(owner.split(":").at(-1))}`, {signal: view.signal});
    return found.data.find(job => job.fine_tuned_model === owner) ?? null;
  }

  async function follow() {
    const {signal} = view;
    if (state.job && (!state.isRead || state.exports.some(isUnfinished))) {
      const all = (await get(`v1/fine_tuning/jobs/${state.job.id}/exports?limit=100`, {signal})).data;
      state.exports = all.filter(made => !checkpoint() || made.checkpoint === checkpoint());
    }
    if (!state.isRead || state.evaluations.some(isUnfinished)) {
      await readEvaluations();
    }
    state.isRead = true;
  }

  const isUnfinished = work => UNFINISHED.has(work.status);
  const checkpoint = () => view.query.get("checkpoint");

  /** Those of this model and of the model that it was made from, to hold answers against each other. */
  async function readEvaluations() {
    const listed = (await get("v1/fine_tuning/evaluations?limit=50", {signal: view.signal})).data
      .filter(evaluation => evaluation.model === modelId || (state.job && evaluation.model === state.job.model));
    state.evaluations = await Promise.all(listed.slice(0, 10).map(evaluation => get(`v1/fine_tuning/evaluations/${evaluation.id}`, {signal: view.signal})));
  }

  async function readPermissions() {
    try {
      state.permissions = (await get(`v1/fine_tuning/checkpoints/${id(modelId)}/permissions?limit=100`, {signal: view.signal})).data;
    } catch {
      // Only administrators share models.
      state.permissions = null;
    }
    view.update();
  }

  const make = async settings => {
    const made = await view.attempt(() => post(`v1/fine_tuning/jobs/${state.job.id}/exports`, {...settings, checkpoint: checkpoint() ?? undefined}));
    if (made) {
      state.exports = [made, ...state.exports.filter(other => other.id !== made.id)];
    }
  };

  const take = made => view.attempt(() => download(`v1/fine_tuning/jobs/${state.job.id}/exports/${made.id}/link`));

  async function push(made) {
    const repository = await ask(answer => html`
      <form @submit=${event => (event.preventDefault(), answer(new FormData(event.target)))}>
        <h2 id="dialog-title">Push to the Hub</h2>
        <label>Repository <input name="repo_id" required placeholder="org/name" autofocus></label>
        <label class="check"><input type="checkbox" name="private" checked> private, if it is created</label>
        <div class="actions"><button type="button" @click=${() => answer(false)}>Back</button><button class="primary">Push</button></div>
      </form>`);
    if (repository) {
      const pushPath = `v1/fine_tuning/jobs/${state.job.id}/exports/${made.id}/push`;
      let pushed = await view.attempt(() => post(pushPath, {repo_id: repository.get("repo_id"), private: repository.has("private")}));
      while (pushed && !view.signal.aborted) {
        state.pushes.set(made.id, pushed);
        view.update();
        if (!isUnfinished(pushed)) {
          return;
        }
        await pause(REFRESH_SECONDS);
        pushed = await view.attempt(() => get(`${pushPath}/${pushed.id}`, {signal: view.signal}));
      }
    }
  }

  async function evaluate(event) {
    event.preventDefault();
    const given = new FormData(event.target);
    const test = state.files.find(file => file.id === given.get("test_file"));
    // Prompts have no answers to compare with: the grader of the training judges.
    const grader = test?.anneal.validation_report?.format === "reinforcement" ? state.job?.anneal.grader : null;
    const settings = {test_file: given.get("test_file"), samples: 20, ...(grader ? {grader} : {})};
    const models = isTuned && state.job ? [modelId, state.job.model] : [modelId];
    const begun = await view.attempt(() => Promise.all(models.map(model => post("v1/fine_tuning/evaluations", {...settings, model}))));
    if (begun) {
      state.evaluations = [...begun, ...state.evaluations];
    }
  }

  async function share(event) {
    event.preventDefault();
    const form = event.target;
    const project = new FormData(form).get("project");
    if (await view.attempt(() => post(`v1/fine_tuning/checkpoints/${id(modelId)}/permissions`, {project_ids: [project]}))) {
      form.reset();
      readPermissions();
    }
  }

  async function unshare(permission) {
    await view.attempt(() => remove(`v1/fine_tuning/checkpoints/${id(modelId)}/permissions/${permission.id}`));
    readPermissions();
  }

  async function setDraft(draft) {
    await view.attempt(() => (draft ? post(`${path}/draft`, {draft}) : remove(`${path}/draft`)));
    state.model = await view.attempt(() => get(path, {signal: view.signal})) ?? state.model;
    view.update();
  }

  async function erase() {
    if (await confirm({title: "Delete this model?", text: `${modelId} and its checkpoints are deleted. Its job and its exports stay.`, action: "Delete", isDangerous: true})) {
      (await view.attempt(() => remove(path))) && go("#/models");
    }
  }

  return () => {
    const {model, job} = state;
    if (!model) {
      return [heading(modelId), state.missing ? html`<p>${state.missing}</p>` : loading()];
    }
    return html`
      ${heading(modelId, html`
        <a class="button primary" href=${`#/chat?model=${id(modelId)}${job ? `&beside=${id(job.model)}` : ""}`}>Chat</a>
        ${isTuned ? html`<button class="danger" @click=${erase}>Delete</button>` : html`<a class="button" href=${`#/new?model=${id(modelId)}`}>Fine-tune it</a>`}`)}
      <section class="card">${facts([
        ["Owner", model.owned_by], ["Created", when(model.created)],
        ["Job", job ? html`<a href=${link("job", job.id)}>${job.user_provided_suffix ?? job.id}</a>` : null],
        ["Made from", job ? html`<a href=${link("model", job.model)}>${job.model}</a>` : null],
        ["Method", job ? methodOf(job).replace("_", " ") : null],
        ["Checkpoint", checkpoint()],
        ["Proposes tokens for", model.anneal?.target],
        ["Draft by default", model.anneal?.draft],
      ])}</section>
      ${job ? exportsOf(state, job, {make, take, push}) : null}
      ${answers(state, modelId, evaluate)}
      ${drafts(state, setDraft)}
      ${state.permissions ? sharing(state.permissions, {share, unshare}) : null}`;
  };
}

function exportsOf(state, job, {make, take, push}) {
  const isDraft = methodOf(job) === "speculative_draft";
  const isHead = isDraft && job.anneal.method.speculative_draft.kind !== "model";
  const kinds = [
    isHead ? null : ["merged", {kind: "merged"}, "Merge"],
    isHead || job.anneal.adapter === "none" ? null : ["adapter", {kind: "adapter"}, "Adapter (PEFT)"],
    isHead ? null : ["gguf", {kind: "gguf"}, "GGUF"],
    isDraft ? ["draft", {kind: "draft"}, "Draft"] : null,
  ].filter(Boolean);
  return html`
    <section>
      <div class="heading"><h2>Take it home</h2>${kinds.map(([, settings, label]) => html`<button @click=${() => make(settings)}>${label}</button>`)}</div>
      ${state.exports.map(made => html`
        <article class="card">
          <div class="heading"><h3>${made.kind}${made.dtype && made.dtype !== "base" ? `, ${made.dtype}` : ""}${made.gguf_type ? `, ${made.gguf_type}` : ""}</h3>${pill(made.status)}
            ${made.status === "succeeded" ? html`
              <button class="primary" @click=${() => take(made)}>Download</button>
              <button @click=${() => push(made)}>Push to the Hub</button>` : null}
          </div>
          ${trouble(made)}
          ${state.pushes.has(made.id) ? pushed(state.pushes.get(made.id)) : null}
          ${made.proof ? proof(made.proof) : null}
          ${made.files.length ? filesOf(made) : null}
        </article>`)}
      ${state.exports.length ? null : html`<p class="quiet">Merged weights load in transformers, vLLM and any other server; the proof shows that they answer as the trained adapter does.</p>`}
    </section>`;
}

const pushed = push => html`<p>${pill(push.status)} ${push.commit?.url ? html`<a href=${push.commit.url} rel="noreferrer">${push.repo_id}</a>` : push.repo_id} ${push.error ? html`<span class="bad">${push.error.message}</span>` : null}</p>`;

/** The figures of the proof; exports.md says what each is. */
const proof = values => html`
  <details open>
    <summary>Proof</summary>
    <p>${manual("exports.md#proof", "What these figures say")}</p>
    ${facts(Object.entries(values).filter(([, value]) => value === null || typeof value !== "object").map(([name, value]) =>
      [name.replaceAll("_", " "), typeof value === "number" ? (Number.isInteger(value) ? count(value) : figure(value)) : String(value ?? "–")]))}
    ${(values.warnings ?? []).map(warning => html`<p class="note waiting">${warning}</p>`)}
  </details>`;

const filesOf = made => html`
  <details>
    <summary>${made.files.length} files, ${bytes(made.files.reduce((sum, file) => sum + file.bytes, 0))}</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
      <thead><tr><th scope="col">File</th><th scope="col" class="right">Size</th><th scope="col">SHA-256</th></tr></thead>
      <tbody>${made.files.map(file => html`<tr><td>${file.name}</td><td class="right">${bytes(file.bytes)}</td><td><code>${file.sha256}</code></td></tr>`)}</tbody>
    </table></div>
  </details>`;

/** Evaluations on one file, of this model and of the one that it was made from, answer beside answer. */
function answers(state, modelId, evaluate) {
  const finished = state.evaluations.filter(evaluation => evaluation.status === "succeeded");
  const mine = finished.find(evaluation => evaluation.model === modelId);
  const before = mine && finished.find(evaluation => evaluation.model !== modelId && evaluation.test_file === mine.test_file);
  return html`
    <section>
      <h2>Answers before and after</h2>
      <form class="filters" @submit=${evaluate}>
        <label>Test file
          <select name="test_file" required>
            <option value="">Choose …</option>
            ${state.files.map(file => html`<option value=${file.id} ?selected=${file.id === state.job?.validation_file}>${file.filename} · ${file.id}</option>`)}
          </select>
        </label>
        <button>Evaluate</button>
      </form>
      ${state.evaluations.filter(evaluation => evaluation.status !== "succeeded").map(evaluation => html`<p>${pill(evaluation.status)} ${evaluation.model} on ${evaluation.test_file}</p>${trouble(evaluation)}`)}
      ${mine ? html`
        ${facts([mine, before].filter(Boolean).map(evaluation => [evaluation.model, result(evaluation)]))}
        <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
          <thead><tr><th scope="col">Prompt</th><th scope="col">Expected</th>${before ? html`<th scope="col">${before.model}</th>` : null}<th scope="col">${modelId}</th></tr></thead>
          <tbody>${mine.samples.map((sample, row) => html`
            <tr>
              <td class="text">${sample.prompt}</td><td class="text">${sample.expected ?? "–"}</td>
              ${before ? html`<td class="text ${tone(before.samples[row])}">${before.samples[row]?.answer}</td>` : null}
              <td class="text ${tone(sample)}">${sample.answer}${sample.reward !== null ? html` <small>reward ${figure(sample.reward)}</small>` : null}</td>
            </tr>`)}
          </tbody>
        </table></div>` : null}
    </section>`;
}

const tone = sample => (sample && sample.expected !== null ? (sample.answer === sample.expected ? "right-answer" : "wrong-answer") : "");

const result = evaluation => (evaluation.accuracy !== null
  ? `${percent(evaluation.accuracy)} exact answers (${count(evaluation.exact_matches)} of ${count(evaluation.rows)})`
  : Object.entries(evaluation.metrics).map(([name, value]) => `${name} ${figure(value)}`).join(", "));

function drafts(state, setDraft) {
  const candidates = state.drafts.filter(draft => state.models.some(model => model.id === draft));
  if (!candidates.length || state.model.anneal?.target) {
    return null;
  }
  return html`
    <section>
      <h2>Draft</h2>
      <form class="filters" @submit=${event => (event.preventDefault(), setDraft(new FormData(event.target).get("draft")))}>
        <label>Proposes tokens in generation by default
          <select name="draft">
            <option value="">none</option>
            ${candidates.map(draft => html`<option value=${draft} ?selected=${draft === state.model.anneal?.draft}>${draft}</option>`)}
          </select>
        </label>
        <button>Set</button>
      </form>
    </section>`;
}

function sharing(permissions, {share, unshare}) {
  return html`
    <section>
      <h2>Shared with</h2>
      <ul class="plain">${permissions.map(permission => html`
        <li>${permission.project_id}, since ${when(permission.created_at)} <button class="quiet" @click=${() => unshare(permission)}>Revoke</button></li>`)}
      </ul>
      <form class="filters" @submit=${share}><label>Project <input name="project" required placeholder="team-b"></label><button>Share</button></form>
    </section>`;
}
