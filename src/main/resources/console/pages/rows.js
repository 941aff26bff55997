/** Rows as a model reads them: rendered by its chat template, with the trained tokens marked. */

import {html} from "../vendor/lit-html/lit-html.js";
import {get, id, withQuery} from "../lib/api.js";
import {count} from "../lib/format.js";

const PAGE = 5;

export function renderedRows(view, fileId) {
  const state = {models: null, model: null, rows: [], hasMore: false, problem: null};

  async function begin() {
    state.models = (await get("v1/models", {signal: view.signal})).data;
    state.model = state.models.find(model => !model.id.startsWith("ft:"))?.id ?? null;
    await read(0);
  }

  const read = after => view.load(async () => {
    if (!state.model) {
      return;
    }
    try {
      const page = await get(withQuery(`v1/files/${id(fileId)}/rows`, {model: state.model, after: after || null, limit: PAGE}), {signal: view.signal});
      state.rows = after ? [...state.rows, ...page.data] : page.data;
      state.hasMore = page.has_more;
      state.problem = null;
    } catch (error) {
      if (error.isAway) {
        throw error;
      }
      state.problem = error.message;
    }
  });

  view.load(begin);

  return () => html`
    <section>
      <div class="heading"><h2>As a model reads it</h2>
        <label>Model
          <select @change=${event => (state.model = event.target.value, read(0))}>
            ${(state.models ?? []).filter(model => !model.id.startsWith("ft:")).map(model => html`<option ?selected=${model.id === state.model}>${model.id}</option>`)}
          </select>
        </label>
      </div>
      <p class="quiet"><mark class="trained">Marked</mark> tokens are trained: the loss is computed on them. All others are only read.</p>
      ${state.problem ? html`<p class="note bad">${state.problem}</p>` : null}
      ${state.rows.map(row => html`
        ${row.problem ? html`<p class="note bad">Line ${count(row.line)} is not used: expected ${row.problem.expected}, found ${row.problem.found}.</p>` : null}
        ${row.texts.map((text, place) => html`
          <figure>
            <figcaption>Line ${count(row.line)}${row.texts.length > 1 ? [", preferred", ", not preferred"][place] : ""}: ${count(text.tokens)} tokens, ${count(text.trained_tokens)} trained</figcaption>
            <pre tabindex="0" aria-label=${`Line ${row.line}`}>${text.spans.map(span => (span.trained ? html`<mark class="trained">${span.text}</mark>` : span.text))}</pre>
          </figure>`)}`)}
      ${state.hasMore ? html`<button @click=${() => read(state.rows.at(-1).line)}>More rows</button>` : null}
    </section>`;
}
