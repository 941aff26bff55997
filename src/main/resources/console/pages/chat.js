/** Chat with one model or two side by side, streamed, with and without a draft. */

import {html} from "../vendor/lit-html/lit-html.js";
import {live} from "../vendor/lit-html/directives/live.js";
import {ApiError, get, readEvents, request} from "../lib/api.js";
import {draftsOf} from "../lib/drafts.js";
import {count, figure, percent} from "../lib/format.js";
import {errorCode, heading, loading} from "../lib/parts.js";

export function open(view) {
  view.title = "Chat";
  const state = {models: null, drafts: new Map(), text: "", system: "", tokens: 128, temperature: 0, isRunning: false, stop: null};
  /** Each column talks to its own model; `turns` are the messages so far, `answer` the one being written. */
  const columns = ["model", "beside"].map(name => ({name, turns: [], draft: "", answer: null, figures: null, error: null}));

  view.load(async () => {
    state.models = (await get("v1/models", {signal: view.signal})).data;
    if (!view.query.get("model")) {
      const newest = state.models.filter(model => model.id.startsWith("ft:")).sort((one, other) => other.created - one.created)[0];
      view.remember({model: (newest ?? state.models[0])?.id});
    }
  });

  const open = () => columns.filter(column => view.query.get(column.name));

  async function send(event) {
    event?.preventDefault();
    const text = state.text.trim();
    if (!text || state.isRunning) {
      return;
    }
    state.text = "";
    state.isRunning = true;
    state.stop = new AbortController();
    open().forEach(column => column.turns.push({role: "user", content: text}));
    view.update();
    await Promise.all(open().map(answer));
    state.isRunning = false;
    view.update();
  }

  async function answer(column) {
    column.answer = "";
    column.error = null;
    column.figures = null;
    const began = performance.now();
    /** @type {number | null} */
    let first = null;
    let usage = null;
    try {
      const response = await request("POST", "v1/chat/completions", {
        signal: AbortSignal.any([view.signal, state.stop.signal]),
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({
          model: view.query.get(column.name),
          messages: [...(state.system ? [{role: "system", content: state.system}] : []), ...column.turns],
          max_completion_tokens: state.tokens,
          temperature: state.temperature,
          stream: true,
          stream_options: {include_usage: true},
          ...(column.draft ? {anneal: {draft: column.draft === "none" ? null : column.draft}} : {}),
        }),
      });
      await readEvents(response, data => {
        if (data === "[DONE]") {
          return;
        }
        const chunk = JSON.parse(data);
        if (chunk.error) {
          throw new ApiError(200, chunk.error);
        }
        first ??= performance.now();
        column.answer += chunk.choices[0]?.delta.content ?? "";
        usage = chunk.usage ?? usage;
        view.update();
      });
    } catch (error) {
      column.error = error.name === "AbortError" ? {message: "Stopped."} : error;
    }
    column.turns.push({role: "assistant", content: column.answer});
    column.figures = usage && figures(usage, (performance.now() - began) / 1000, first && (first - began) / 1000);
    column.answer = null;
    view.update();
  }

  function figures(usage, seconds, untilFirst) {
    const {accepted_prediction_tokens: accepted, rejected_prediction_tokens: rejected} = usage.completion_tokens_details;
    return {tokens: usage.completion_tokens, speed: usage.completion_tokens / seconds, untilFirst, accepted, proposed: accepted + rejected, cached: usage.prompt_tokens_details.cached_tokens};
  }

  const onKey = event => {
    if (event.key === "Enter" && !event.shiftKey) {
      send(event);
    }
  };
  const clear = () => {
    columns.forEach(column => Object.assign(column, {turns: [], figures: null, error: null}));
    view.update();
  };

  return () => {
    if (!state.models) {
      return [heading("Chat"), loading()];
    }
    return html`
      ${heading("Chat", html`<button @click=${clear} ?disabled=${state.isRunning}>Clear</button>`)}
      <div class="filters">
        ${pick(view, state, "model", "Model")}
        ${pick(view, state, "beside", "Beside it")}
        <label>Tokens at most <input type="number" min="1" max="4096" .value=${String(state.tokens)} @input=${event => (state.tokens = Number(event.target.value) || 1)}></label>
        <label>Temperature <input type="number" min="0" max="2" step="0.1" .value=${String(state.temperature)} @input=${event => (state.temperature = Number(event.target.value))}></label>
        <label class="wide">System message <input .value=${state.system} @input=${event => (state.system = event.target.value)}></label>
      </div>
      <div class="chats">${open().map(column => conversation(view, state, column))}</div>
      <form class="say" @submit=${send}>
        <label class="grow"><span class="hidden">Message</span>
          <textarea rows="2" placeholder="Write a message; Enter sends it" .value=${live(state.text)} @input=${event => (state.text = event.target.value)} @keydown=${onKey}></textarea>
        </label>
        ${state.isRunning ? html`<button type="button" @click=${() => state.stop.abort()}>Stop</button>` : html`<button class="primary">Send</button>`}
      </form>`;
  };
}

function pick(view, state, name, label) {
  return html`
    <label>${label}
      <select @change=${event => view.remember({[name]: event.target.value})}>
        ${name === "beside" ? html`<option value="">none</option>` : null}
        ${state.models.map(model => html`<option value=${model.id} ?selected=${view.query.get(name) === model.id}>${model.id}</option>`)}
      </select>
    </label>`;
}

/** Those that are there; they are read when a model is chosen. */
function draftsFor(view, state, model) {
  if (!state.drafts.has(model)) {
    state.drafts.set(model, []);
    view.load(async () => state.drafts.set(model, await draftsOf(model, view.signal)));
  }
  return state.drafts.get(model).filter(draft => state.models.some(other => other.id === draft));
}

function conversation(view, state, column) {
  const model = view.query.get(column.name);
  const drafts = draftsFor(view, state, model);
  return html`
    <section class="card chat" aria-label=${`Conversation with ${model}`}>
      <div class="heading"><h2>${model}</h2>
        <label>Draft
          <select @change=${event => (column.draft = event.target.value)}>
            <option value="">the model's default</option><option value="none">none</option>
            ${drafts.map(draft => html`<option value=${draft}>${draft}</option>`)}
          </select>
        </label>
      </div>
      <div class="turns" aria-live="polite">
        ${column.turns.map(turn => html`<p class=${turn.role}>${turn.content}</p>`)}
        ${column.answer !== null ? html`<p class="assistant writing">${column.answer}</p>` : null}
      </div>
      ${column.error ? html`<p class="note bad" role="alert">${column.error.code ? html`<strong>${errorCode(column.error.code)}</strong> ` : null}${column.error.message}</p>` : null}
      ${column.figures ? html`<p class="quiet">${count(column.figures.tokens)} tokens, ${figure(column.figures.speed)} tokens/s, first after ${figure(column.figures.untilFirst)} s${column.figures.proposed
        ? `; ${count(column.figures.accepted)} of ${count(column.figures.proposed)} proposed tokens accepted (${percent(column.figures.accepted / column.figures.proposed)})` : ""}</p>` : null}
    </section>`;
}
