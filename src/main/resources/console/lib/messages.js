/** Messages at the edge of the window, which screen readers read out, and questions that must be answered before something is done. */

import {html, render} from "../vendor/lit-html/lit-html.js";
import {ApiError} from "./api.js";
import {errorCode} from "./parts.js";

const SECONDS = 12;
const shown = new Set();
let host = null;

/** @param {Error | string} message an error stays until it is closed */
export function say(message) {
  const isError = message instanceof Error;
  const entry = {text: isError ? textOf(message) : message, code: message instanceof ApiError ? message.code : null, isError};
  shown.add(entry);
  draw();
  if (!isError) {
    setTimeout(() => close(entry), SECONDS * 1000);
  }
}

/** What a person reads of an error: the service's own words, or that it does not answer. */
export function textOf(error) {
  return error instanceof TypeError && /fetch|network|load/i.test(error.message) ? "The service does not answer. Trying again." : error.message;
}

function close(entry) {
  shown.delete(entry);
  draw();
}

function draw() {
  host ??= document.body.appendChild(Object.assign(document.createElement("div"), {className: "messages"}));
  host.setAttribute("role", "status");
  render([...shown].map(entry => html`
    <div class="message ${entry.isError ? "error" : ""}">
      <span>${entry.text}${entry.code ? html` ${errorCode(entry.code)}` : null}</span>
      <button class="quiet" aria-label="Close this message" @click=${() => close(entry)}>✕</button>
    </div>`), host);
}

/** Resolves to whether the user agrees. */
export function confirm({title, text, action, isDangerous = false}) {
  return ask(answer => html`
    <h2 id="dialog-title">${title}</h2>
    <p>${text}</p>
    <div class="actions">
      <button @click=${() => answer(false)} autofocus>Back</button>
      <button class=${isDangerous ? "danger" : "primary"} @click=${() => answer(true)}>${action}</button>
    </div>`);
}

/** Shows a dialog until its content calls `answer`, or Escape closes it; resolves to the answer, or false. */
export function ask(content) {
  return new Promise(resolve => {
    const dialog = document.body.appendChild(document.createElement("dialog"));
    dialog.setAttribute("aria-labelledby", "dialog-title");
    const answer = value => {
      resolve(value);
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      resolve(false);
      dialog.remove();
    });
    render(content(answer), dialog);
    dialog.showModal();
  });
}
