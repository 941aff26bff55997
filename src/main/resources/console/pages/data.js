/** Files: upload with progress, and what the service found in them. */

import {html} from "../vendor/lit-html/lit-html.js";
import {repeat} from "../vendor/lit-html/directives/repeat.js";
import {get, upload} from "../lib/api.js";
import {bytes} from "../lib/format.js";
import {empty, heading, loading, manual, pill, progress, when} from "../lib/parts.js";
import {go, link} from "../lib/router.js";

const PURPOSES = {"fine-tune": "training or validation rows", user_data: "an adapter to start from (tar)"};
/** What is listed: data sets unless the reader chooses otherwise. */
const LISTS = {"fine-tune": "data sets", user_data: "adapters", "fine-tune-results": "results of jobs"};
const FIRST = "fine-tune";

export function open(view) {
  view.title = "Data";
  let files = null;
  /** @type {{name: string, share: number, stop: AbortController}[]} */
  const uploads = [];
  let purpose = "fine-tune";

  const listed = () => (Object.hasOwn(LISTS, view.query.get("list") ?? "") ? view.query.get("list") : FIRST);

  view.every(4, read);

  async function read() {
    const list = listed();
    const {data} = await get(`v1/files?limit=1000&purpose=${list}`, {signal: view.signal});
    if (list === listed()) {
      files = data;
    }
  }

  const choose = list => {
    files = null;
    view.remember({list});
    view.attempt(read);
  };

  async function send(file) {
    const sending = {name: file.name, share: 0, stop: new AbortController()};
    uploads.push(sending);
    view.update();
    const sent = await view.attempt(() => upload(file, purpose, {
      signal: sending.stop.signal,
      onProgress: share => {
        sending.share = share;
        view.update();
      },
    }));
    uploads.splice(uploads.indexOf(sending), 1);
    if (sent) {
      uploads.length ? choose(sent.purpose) : go(link("file", sent.id));
    }
    view.update();
  }

  const drop = event => {
    event.preventDefault();
    event.currentTarget.classList.remove("over");
    [...event.dataTransfer.files].forEach(send);
  };
  const over = event => {
    event.preventDefault();
    event.currentTarget.classList.add("over");
  };

  return () => html`
    ${heading("Data")}
    <div class="drop" @drop=${drop} @dragover=${over} @dragleave=${event => event.currentTarget.classList.remove("over")}>
      <label>Purpose
        <select @change=${event => (purpose = event.target.value)}>
          ${Object.entries(PURPOSES).map(([value, label]) => html`<option value=${value}>${label}</option>`)}
        </select>
      </label>
      <label>Choose files, or drop them here
        <input type="file" multiple @change=${event => ([...event.target.files].forEach(send), event.target.value = "")}>
      </label>
    </div>
    ${uploads.map(sending => html`
      <div class="upload"><span>${sending.name}</span>${progress(100 * sending.share, `Upload of ${sending.name}`)}
        <button class="quiet" @click=${() => sending.stop.abort()}>Stop</button></div>`)}
    <form class="filters" @submit=${event => event.preventDefault()}>
      <label>Show
        <select @change=${event => choose(event.target.value)}>
          ${Object.entries(LISTS).map(([value, label]) => html`<option value=${value} ?selected=${value === listed()}>${label}</option>`)}
        </select>
      </label>
    </form>
    ${!files ? loading() : files.length ? table(files) : listed() !== FIRST ? empty("No such file yet.") : empty(html`No file yet. A training file has one JSON object in each line: see the guides to ${manual("guides/supervised.md", "chats")}, ${manual("guides/preferences.md", "pairs")} and ${manual("guides/rewards.md", "prompts with rewards")}.`)}`;
}

function table(files) {
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
      <thead><tr><th scope="col">File</th><th scope="col">State</th><th scope="col">Purpose</th><th scope="col" class="right">Size</th><th scope="col">Uploaded</th><th scope="col">Expires</th></tr></thead>
      <tbody>${repeat(files, file => file.id, file => html`
        <tr @click=${event => event.target.closest("a") || go(link("file", file.id))}>
          <th scope="row"><a href=${link("file", file.id)}>${file.filename}</a><small>${file.id}</small></th>
          <td title=${file.status_details ?? ""}>${pill(file.status)}</td><td>${file.purpose}</td><td class="right">${bytes(file.bytes)}</td><td>${when(file.created_at)}</td>
          <td>${file.expires_at ? new Date(file.expires_at * 1000).toLocaleDateString() : "–"}</td>
        </tr>`)}
      </tbody>
    </table></div>`;
}
