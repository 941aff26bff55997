/** Pieces that several pages show. */

import {html} from "../vendor/lit-html/lit-html.js";
import {ago, date} from "./format.js";

const TONES = {
  succeeded: "good", processed: "good", ready: "good", delivered: "good", running: "live", resuming: "live", pulling: "live",
  failed: "bad", error: "bad", denied: "bad", cancelled: "still", paused: "still",
};

/** A state, told by a word and a colour. */
export const pill = state => html`<span class="pill ${TONES[state] ?? "waiting"}">${state.replaceAll("_", " ")}</span>`;

export const heading = (text, ...beside) => html`<div class="heading"><h1>${text}</h1>${beside}</div>`;

/** How long ago, with the exact time in its tooltip. */
export const when = time => (time ? html`<time datetime=${new Date(time * 1000).toISOString()} title=${date(time)}>${ago(time)}</time>` : html`–`);

export const loading = () => html`<p class="quiet" role="status">Loading …</p>`;

export const empty = (text, ...actions) => html`<div class="empty"><p>${text}</p>${actions}</div>`;

/** @param {[string, unknown][]} entries names and what stands beside them; those that are null are left out */
export const facts = entries => html`
  <dl class="facts">${entries.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** A text to copy, such as a command. */
export const code = (text, label) => html`
  <figure class="code">
    <figcaption>${label}${copyButton(text, "Copy", "figure")}</figcaption>
    <pre tabindex="0" aria-label=${label}>${text}</pre>
  </figure>`;

/** A short text to copy, such as an id. */
export const copyable = (text, label) => html`<span class="copyable"><code>${text}</code> ${copyButton(text, label, ".copyable")}</span>`;

/** @param {string} around selects what holds the text and the button */
const copyButton = (text, label, around) => html`<button class="quiet" @click=${event => copy(text, label, event.target, around)}>${label}</button>`;

/** Without https a browser gives pages no clipboard: the text is selected, for the reader to copy. */
async function copy(text, label, button, around) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } else {
    getSelection().selectAllChildren(button.closest(around).querySelector("pre, code"));
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = label), 2000);
}

export const progress = (percent, label) => html`
  <div class="progress" role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(percent)}>
    <progress max="100" value=${percent} aria-hidden="true"></progress><span>${percent.toFixed(0)} %</span>
  </div>`;

/** What a job, export or evaluation waits for, or why it failed. */
export const trouble = work => html`
  ${work.waiting_for ? html`<p class="note waiting"><strong>Waiting: ${errorCode(work.waiting_for.code)}</strong> ${work.waiting_for.message} (since ${when(work.waiting_for.since)})</p>` : null}
  ${work.error ? html`<p class="note bad"><strong>${errorCode(work.error.code)}</strong> ${work.error.message}</p>` : null}`;

/** A page of the documents, which the service serves as well. */
export const manual = (page, text) => html`<a href=${`manual/docs/${page}`} target="_blank">${text}</a>`;

/** An error's code, which leads to what it means and what to do. */
export const errorCode = code => (code ? manual(`errors.md#${code}`, code) : html`error`);

/** Whether a job has come to its end. */
export const hasEnded = job => ["succeeded", "failed", "cancelled"].includes(job.anneal.state);

/** The name by which a job's method is known, also of drafts, whose `method` is null for OpenAI's clients. */
export const methodOf = job => (job.method ?? job.anneal.method)?.type ?? "supervised";
