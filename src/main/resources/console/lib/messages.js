/** Messages at the edge of the window, which screen readers read out, and questions that must be answered before something is done. */

import {html, render} from "../vendor/lit-html/lit-html.js";
import {ApiError} from "./api.js";
import {errorCode} from "./parts.js";

const SECONDS = 12;
const shown = new Set();
let host = null;

/**
 * Shows a message, once however often it is said.
 * @param {Error | string} message an error stays until it is closed, unless it says that the service is away
 * @returns {() => void} what takes it back
 */
export function say(message) {
  const isError = message instanceof Error;
  const entry = {text: isError ? message.message : message, code: message instanceof ApiError ? message.code : null, isError};
  [...shown].filter(other => other.text === entry.text).forEach(other => shown.delete(other));
  shown.add(entry);
  draw();
  if (!isError || /** @type {any} */ (message).isAway) {
    setTimeout(() => close(entry), SECONDS * 1000);
  }
  return () => close(entry);
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
