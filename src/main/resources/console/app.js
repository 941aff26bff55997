/** The console: a client of the public API, in one page whose parts are opened by the address's fragment. */

import {html, render} from "./vendor/lit-html/lit-html.js";
import "./lib/chart.js";
import {get} from "./lib/api.js";
import {lostSince, onConnection, untilAnswered} from "./lib/connection.js";
import {current} from "./lib/router.js";
import {credential, onSession, signIn, signOut} from "./lib/session.js";
import {colours, toggleColours} from "./lib/colours.js";
import {tokenOfReturn} from "./lib/oidc.js";
import {settings} from "./lib/settings.js";
import {say} from "./lib/messages.js";
import {View} from "./lib/view.js";
import * as admin from "./pages/admin.js";
import * as chat from "./pages/chat.js";
import * as compare from "./pages/compare.js";
import * as data from "./pages/data.js";
import * as file from "./pages/file.js";
import * as job from "./pages/job.js";
import * as jobs from "./pages/jobs.js";
import * as model from "./pages/model.js";
import * as models from "./pages/models.js";
import * as newJob from "./pages/new-job.js";
import {signInForm} from "./pages/sign-in.js";

/** The page of each part of the address, and its entry in the navigation. All are loaded at once: an outage or a newer version keeps none of them away. */
const PAGES = {
  jobs: {label: "Jobs", page: jobs},
  job: {page: job, of: "jobs"},
  compare: {page: compare, of: "jobs"},
  new: {label: "New job", page: newJob},
  data: {label: "Data", page: data},
  file: {page: file, of: "data"},
  models: {label: "Models", page: models},
  model: {page: model, of: "models"},
  chat: {label: "Chat", page: chat},
  admin: {label: "Administration", page: admin},
};
const FIRST = "jobs";

let view = null;
let session = "unknown";
/** Whether a narrow window shows where one can go. */
let isMenuOpen = false;

function pageName() {
  const [first] = current().parts;
  return first in PAGES ? first : FIRST;
}

function open() {
  view?.close();
  view = null;
  isMenuOpen = false;
  draw();
  if (session !== "signed-in") {
    return;
  }
  const {parts, query} = current();
  const page = document.getElementById("page");
  view = new View(page, query);
  view.show(PAGES[pageName()].page.open(view, ...parts.slice(1)));
  page.focus({preventScroll: true});
  scrollTo(0, 0);
}

function draw() {
  render(session === "signed-in" ? shell() : [outage(), session === "unknown" ? null : signInForm(session)], document.getElementById("app"));
}

/** One line for as long as the service does not answer. */
const outage = () => html`
  <p class="outage" role="status">${lostSince() ? `The service cannot be reached since ${lostSince().toLocaleTimeString()}; trying again` : null}</p>`;

function shell() {
  const open = PAGES[pageName()].of ?? pageName();
  return html`
    <a class="skip" href="#page" @click=${skip}>Skip to the content</a>
    <header>
      <a class="brand" href="#/jobs"><img src="console/icon.svg" alt="" width="26" height="26">Anneal</a>
      <button class="menu quiet" aria-expanded=${isMenuOpen} aria-controls="menu" @click=${toggleMenu}>Menu</button>
      <div id="menu" class=${isMenuOpen ? "open" : ""}>
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
      </div>
      ${outage()}
    </header>
    <main id="page" tabindex="-1"></main>`;
}

function toggleMenu() {
  isMenuOpen = !isMenuOpen;
  draw();
}

function skip(event) {
  event.preventDefault();
  document.getElementById("page").focus();
}

/** Installations that ask for no key let everybody in. */
async function begin() {
  try {
    await untilAnswered(() => get("v1/models"));
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
onConnection(draw);
tokenOfReturn().catch(error => (say(error), null)).then(token => (token ? signIn(token) : begin()));
