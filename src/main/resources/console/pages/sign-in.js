/** Asks for a key, or sends the user to the organization's issuer. */

import {html} from "../vendor/lit-html/lit-html.js";
import {say} from "../lib/messages.js";
import {askIssuer} from "../lib/oidc.js";
import {signIn} from "../lib/session.js";
import {settings} from "../lib/settings.js";

const SAYING = {
  "signed-out": "This installation asks who you are.",
  expired: "The key or token was refused. It may have expired or been revoked.",
  away: "The service does not answer, or not as the API does. Reload the page to try again.",
};

export function signInForm(state) {
  document.title = "Sign in · Anneal";
  return html`
    <main class="plain">
      <img src="console/icon.svg" alt="" width="48" height="48">
      <h1>Anneal</h1>
      <p role=${state === "expired" ? "alert" : "status"}>${SAYING[state]}</p>
      ${state === "away" ? null : html`
        ${settings.oidc ? html`<button class="primary" @click=${() => askIssuer().catch(say)}>Sign in by ${new URL(settings.oidc.issuer).host}</button>` : null}
        <form @submit=${submit}>
          <label>API key
            <input name="key" type="password" required autocomplete="off" spellcheck="false" autofocus>
          </label>
          <button class=${settings.oidc ? "" : "primary"}>Sign in with a key</button>
        </form>
        <p class="quiet">It stays in the tabs of this browser that show the console until the last of them is closed, and goes to this service alone.</p>`}
    </main>`;
}

function submit(event) {
  event.preventDefault();
  signIn(String(new FormData(event.target).get("key")).trim());
}
