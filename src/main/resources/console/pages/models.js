/** Base models and tuned models. */

import {html} from "../vendor/lit-html/lit-html.js";
import {get} from "../lib/api.js";
import {bytes, count} from "../lib/format.js";
import {empty, errorCode, heading, loading, pill, progress, when} from "../lib/parts.js";
import {link} from "../lib/router.js";

export function open(view) {
  view.title = "Models";
  const state = {models: null, bases: []};

  view.every(5, async () => {
    const {signal} = view;
    const [models, bases] = await Promise.all([get("v1/models", {signal}), get("v1/anneal/base_models", {signal}).catch(() => ({data: []}))]);
    state.models = models.data;
    state.bases = bases.data;
  });

  return () => {
    if (!state.models) {
      return [heading("Models"), loading()];
    }
    const tuned = state.models.filter(model => model.id.startsWith("ft:")).sort((one, other) => other.created - one.created);
    return html`
      ${heading("Models", html`<a class="button" href="#/chat">Chat</a>`)}
      <section>
        <h2>Tuned models</h2>
        ${tuned.length ? table(tuned) : empty("No tuned model yet: a job makes one.", html`<a class="button" href="#/new">New job</a>`)}
      </section>
      <section>
        <h2>Base models</h2>
        <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
          <thead><tr><th scope="col">Model</th><th scope="col">State</th><th scope="col">Architecture</th><th scope="col" class="right">Parameters</th>
            <th scope="col" class="right">Context, tokens</th><th scope="col" class="right">Memory to train</th><th scope="col">License</th></tr></thead>
          <tbody>${state.bases.map(base => html`
            <tr>
              <th scope="row"><a href=${link("model", base.id)}>${base.id}</a></th>
              <td>${pill(base.state)}${base.state === "pulling" && base.bytes_total ? progress(100 * base.bytes_done / base.bytes_total, `Pull of ${base.id}`) : null}
                ${base.error ? html`<small class="bad">${errorCode(base.error.code)} ${base.error.message}</small>` : null}</td>
              <td>${base.architecture ?? "–"}</td><td class="right">${count(base.parameters)}</td><td class="right">${count(base.context_tokens)}</td>
              <td class="right">${base.memory ? html`${bytes(base.memory.training_bytes)}${base.memory.fits ? null : html` <small class="bad">more than this machine has</small>`}` : "–"}</td>
              <td>${base.license ?? "–"}</td>
            </tr>`)}
          </tbody>
        </table></div>
      </section>`;
  };
}

function table(models) {
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
      <thead><tr><th scope="col">Model</th><th scope="col">Job</th><th scope="col">Owner</th><th scope="col">Created</th></tr></thead>
      <tbody>${models.map(model => html`
        <tr>
          <th scope="row"><a href=${link("model", model.id)}>${model.id}</a></th>
          <td><a href=${`#/jobs?find=${encodeURIComponent(model.id.split(":").at(-1))}`}>its job</a></td><td>${model.owned_by}</td><td>${when(model.created)}</td>
        </tr>`)}
      </tbody>
    </table></div>`;
}
