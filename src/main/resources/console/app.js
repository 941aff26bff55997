/** The console: a client of the public API, in one page whose parts are opened by the address's fragment. */

import {html, render} from "./vendor/lit-html/lit-html.js";
import "./lib/chart.js";
import {get} from "./lib/api.js";
import {current} from "./lib/router.js";
import {credential, onSession, signIn, signOut} from "./lib/session.js";
import {colours, toggleColours} from "./lib/colours.js";
import {tokenOfReturn} from "./lib/oidc.js";
import {settings} from "./lib/settings.js";
import {say} from "./lib/messages.js";
import {View} from "./lib/view.js";
import {signInForm} from "./pages/sign-in.js";

/** The module of each part of the address, and its entry in the navigation. */
const PAGES = {
  jobs: {label: "Jobs", module: () => import("./pages/jobs.js")},
  job: {module: () => import("./pages/job.js"), of: "jobs"},
  compare: {module: () => import("./pages/compare.js"), of: "jobs"},
  new: {label: "New job", module: () => import("./pages/new-job.js")},
  data: {label: "Data", module: () => import("./pages/data.js")},
  file: {module: () => import("./pages/file.js"), of: "data"},
  models: {label: "Models", module: () => import("./pages/models.js")},
  model: {module: () => import("./pages/model.js"), of: "models"},
  chat: {label: "Chat", module: () => import("./pages/chat.js")},
  admin: {label: "Administration", module: () => import("./pages/admin.js")},
};
const FIRST = "jobs";

let view = null;
let session = "unknown";

function pageName() {
  const [first] = current().parts;
  return first in PAGES ? first : FIRST;
}

async function open() {
  view?.close();
  view = null;
  draw();
  if (session !== "signed-in") {
    return;
  }
  const {parts, query} = current();
  const opened = new View(document.getElementById("page"), query);
  view = opened;
  const module = await PAGES[pageName()].module();
  if (view === opened) {
    opened.show(module.open(opened, ...parts.slice(1)));
    document.getElementById("page").focus({preventScroll: true});
    scrollTo(0, 0);
  }
}

function draw() {
  render(session === "signed-in" ? shell() : session === "unknown" ? null : signInForm(session), document.getElementById("app"));
}

function shell() {
  const open = PAGES[pageName()].of ?? pageName();
  return html`
    <a class="skip" href="#page" @click=${skip}>Skip to the content</a>
    <header>
      <a class="brand" href="#/jobs"><img src="console/icon.svg" alt="" width="26" height="26">Anneal</a>
      <nav aria-label="Console">
        ${Object.entries(PAGES).filter(([, page]) => page.label).map(([key, page]) => html`
          <a href="#/${key}" aria-current=${key === open ? "page" : "false"}>${page.label}</a>`)}
      </nav>
      <div class="session">
        <a href="manual/docs/README.md">Documents</a>
        ${settings.documentation ? html`<a href="docs/index.html">API</a>` : null}
        <button class="quiet" @click=${toggleColours}>${colours() === "dark" ? "Light" : "Dark"}</button>
        ${credential() ? html`<button class="quiet" @click=${signOut}>Sign out</button>` : null}
      </div>
    </header>
    <main id="page" tabindex="-1"></main>`;
}

function skip(event) {
  event.preventDefault();
  document.getElementById("page").focus();
}

/** Installations that ask for no key let everybody in. */
async function begin() {
  try {
    await get("v1/models");
    session = "signed-in";
  } catch (error) {
    session = error.status === 401 ? (session === "expired" ? "expired" : "signed-out") : error.status === 403 ? "signed-in" : "away";
  }
  open();
}

onSession(state => {
  if (state === "signed-in") {
    begin();
  } else if (session !== state) {
    session = state;
    open();
  }
});
addEventListener("hashchange", open);
document.addEventListener("colours", draw);
tokenOfReturn().catch(error => (say(error), null)).then(token => (token ? signIn(token) : begin()));
