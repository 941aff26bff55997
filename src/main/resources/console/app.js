/** The console: a client of the public API, in one page whose parts are opened by the address's fragment. */

import {html, render} from "./vendor/lit-html/lit-html.js";
import "./lib/chart.js";
import {get} from "./lib/api.js";
import {onConnection, outage, untilAnswered} from "./lib/connection.js";
import {current} from "./lib/router.js";
import {credential, may, onSession, setScopes, signIn, signOut, takeOver} from "./lib/session.js";
import {colours, toggleColours} from "./lib/colours.js";
import {tokenOfReturn} from "./lib/oidc.js";
import {settings} from "./lib/settings.js";
import {empty, heading} from "./lib/parts.js";
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

/** The page of each part of the address, its entry in the navigation, and the scopes of which one shows it. All are loaded at once: an outage or a newer version keeps none of them away. */
const PAGES = {
  jobs: {label: "Jobs", page: jobs, scopes: ["jobs:read"]},
  job: {page: job, of: "jobs", scopes: ["jobs:read"]},
  compare: {page: compare, of: "jobs", scopes: ["jobs:read"]},
  new: {label: "New job", page: newJob, scopes: ["jobs:write"]},
  data: {label: "Data", page: data, scopes: ["files:read"]},
  file: {page: file, of: "data", scopes: ["files:read"]},
  models: {label: "Models", page: models, scopes: ["models:read"]},
  model: {page: model, of: "models", scopes: ["models:read"]},
  chat: {label: "Chat", page: chat, scopes: ["inference"]},
  admin: {label: "Administration", page: admin, scopes: ["admin", "jobs:read", "webhooks:read"]},
};
/** What addresses get that name none of them. */
const MISSING = {page: {open: view => (view.title = "No such page", () => [heading("No such page"), empty("Nothing is at this address.", html`<a class="button" href="#/">Begin</a>`)])}};
/** What credentials get that may not read what a page shows. */
const CLOSED = scopes => ({
  open: view => (view.title = "Not permitted", () => [heading("Not permitted"), empty(`This page needs a key with the scope ${scopes.join(" or ")}; yours has another use.`)]),
});

let view = null;
let session = "unknown";
/** Whether a narrow window shows where one can go. */
let isMenuOpen = false;

const isOpen = ({scopes}) => !scopes || may(...scopes);

/** An address without a page is that of the first that the credential may see. */
function pageName() {
  return current().parts[0] ?? Object.keys(PAGES).find(name => isOpen(PAGES[name])) ?? "admin";
}

const pageAt = name => (Object.hasOwn(PAGES, name) ? PAGES[name] : MISSING);

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
  const opened = pageAt(pageName());
  view.show((isOpen(opened) ? opened.page : CLOSED(opened.scopes)).open(view, ...parts.slice(1)));
  page.focus({preventScroll: true});
  scrollTo(0, 0);
}

function draw() {
  render(session === "signed-in" ? shell() : [outageLine(), session === "unknown" ? null : signInForm(session)], document.getElementById("app"));
}

/** One line for as long as the service is not available. */
function outageLine() {
  const current = outage();
  const reason = current?.reason ? ` (${current.reason})` : "";
  return html`
    <p class="outage" role="status">${current ? `The service has not been available since ${current.since.toLocaleTimeString()}${reason}; trying again` : null}</p>`;
}

function shell() {
  const open = pageAt(pageName()).of ?? pageName();
  return html`
    <a class="skip" href="#page" @click=${skip}>Skip to the content</a>
    <header>
      <a class="brand" href="#/"><img src="console/icon.svg" alt="" width="26" height="26">Anneal</a>
      <button class="menu quiet" aria-expanded=${isMenuOpen} aria-controls="menu" @click=${toggleMenu}>Menu</button>
      <div id="menu" class=${isMenuOpen ? "open" : ""}>
        <nav aria-label="Console">
          ${Object.entries(PAGES).filter(([, page]) => page.label && isOpen(page)).map(([key, page]) => html`
            <a href="#/${key}" aria-current=${key === open ? "page" : "false"}>${page.label}</a>`)}
        </nav>
        <div class="session">
          <a href="manual/docs/README.md">Documents</a>
          ${settings.documentation ? html`<a href="docs/index.html">API</a>` : null}
          <button class="quiet" @click=${toggleColours}>${colours() === "dark" ? "Light" : "Dark"}</button>
          ${credential() ? html`<button class="quiet" @click=${signOut}>Sign out</button>` : null}
        </div>
      </div>
      ${outageLine()}
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

/** Installations that ask for no key let everybody in; where one is asked for, a request without would count as a failed log-in. */
async function begin() {
  if (settings.asks_who && !await takeOver()) {
    session = "signed-out";
    open();
    return;
  }
  try {
    setScopes((await untilAnswered(() => get("v1/anneal/credential"))).scopes);
    session = "signed-in";
  } catch (error) {
    session = error.status === 401 ? (session === "expired" ? "expired" : "signed-out") : "away";
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
