/** What an installation's operators look after: projects, keys, quotas, webhooks and the audit log. Parts that the credential may not see are left out. */

import {html} from "../vendor/lit-html/lit-html.js";
import {ApiError, get, id, post, remove} from "../lib/api.js";
import {bytes, count, date, figure} from "../lib/format.js";
import {ask, confirm} from "../lib/messages.js";
import {may} from "../lib/session.js";
import {code, heading, loading, pill, when} from "../lib/parts.js";

const EVENTS = ["fine_tuning.job.succeeded", "fine_tuning.job.failed", "fine_tuning.job.cancelled"];
const SCOPES = ["files:read", "files:write", "jobs:read", "jobs:write", "models:read", "models:write", "inference", "webhooks:read", "webhooks:write"];
const LIMITS = {running_jobs: "Running jobs", unfinished_jobs: "Unfinished jobs", upload_bytes: "Bytes of an upload", stored_bytes: "Stored bytes", training_hours_per_month: "Training hours a month"};

export function open(view) {
  view.title = "Administration";
  /** Undefined while it is read, null where the credential may not. */
  const state = {quota: undefined, projects: undefined, webhooks: undefined, audit: undefined, deliveries: new Map()};

  const read = (name, path) => view.load(async () => {
    try {
      const answer = await get(path, {signal: view.signal});
      state[name] = answer.data ?? answer;
    } catch (error) {
      if (!(error instanceof ApiError) || error.isAway) {
        throw error;
      }
      state[name] = null;
    }
  });
  const readAudit = () => read("audit", "v1/organization/audit_logs?limit=50");
  const readProjects = () => read("projects", "v1/organization/projects?limit=100");
  const readWebhooks = () => read("webhooks", "v1/webhook_endpoints?limit=100");
  /** What the credential may not read is not asked for: each refusal would be an entry of the audit log. */
  const readIf = (isAllowed, name, readIt) => (isAllowed ? readIt() : (state[name] = null));
  readIf(may("jobs:read"), "quota", () => read("quota", "v1/anneal/quota"));
  readIf(may("admin"), "audit", readAudit);
  readIf(may("admin"), "projects", readProjects);
  readIf(may("webhooks:read"), "webhooks", readWebhooks);

  const form = (title, fields, action) => ask(answer => html`
    <form @submit=${event => (event.preventDefault(), answer(new FormData(event.target)))}>
      <h2 id="dialog-title">${title}</h2>
      ${fields}
      <div class="actions"><button type="button" @click=${() => answer(false)}>Back</button><button class="primary">${action}</button></div>
    </form>`);

  /** A secret is shown once, to be copied. */
  const reveal = (title, secret) => ask(answer => html`
    <h2 id="dialog-title">${title}</h2>
    <p>It is not shown again.</p>
    ${code(secret, "Secret")}
    <div class="actions"><button class="primary" @click=${() => answer(true)}>Done</button></div>`);

  async function addProject() {
    const given = await form("New project", html`
      <label>Name <input name="name" required maxlength="200" autofocus></label>
      <label>Id, as it stands in the names of models <input name="id" pattern="[a-z0-9][a-z0-9\\-]{0,62}" placeholder="made from a random number"></label>`, "Create");
    if (given && await view.attempt(() => post("v1/organization/projects", {name: given.get("name"), ...(given.get("id") ? {id: given.get("id")} : {})}))) {
      readProjects();
      readAudit();
    }
  }

  async function showKeys(project) {
    const path = `v1/organization/projects/${id(project.id)}/api_keys`;
    project.keys = (await view.attempt(() => get(`${path}?limit=100`, {signal: view.signal})))?.data;
    project.quota = await view.attempt(() => get(`v1/organization/projects/${id(project.id)}/quota`, {signal: view.signal}));
    view.update();
  }

  async function addKey(project) {
    const given = await form(`New key for ${project.name}`, html`
      <label>Name <input name="name" required maxlength="200" autofocus></label>
      <label>Days until it expires <input name="days" type="number" min="1" max="3650" placeholder="never"></label>
      <fieldset><legend>Scopes</legend>${SCOPES.map(scope => html`<label class="check"><input type="checkbox" name="scopes" value=${scope} checked> ${scope}</label>`)}</fieldset>`, "Create");
    if (!given) {
      return;
    }
    const days = Number(given.get("days"));
    const key = await view.attempt(() => post(`v1/organization/projects/${id(project.id)}/api_keys`,
      {name: given.get("name"), scopes: given.getAll("scopes"), ...(days ? {expires_in_seconds: days * 86400} : {})}));
    if (key) {
      await reveal(`Key ${key.name}`, key.value);
      showKeys(project);
      readAudit();
    }
  }

  async function removeKey(project, key) {
    if (await confirm({title: `Delete the key ${key.name}?`, text: "Requests with it are refused from now on.", action: "Delete", isDangerous: true})) {
      await view.attempt(() => remove(`v1/organization/projects/${id(project.id)}/api_keys/${key.id}`));
      showKeys(project);
      readAudit();
    }
  }

  async function setQuota(project) {
    const given = await form(`Limits of ${project.name}`, Object.entries(LIMITS).map(([name, label]) => html`
      <label>${label} <input name=${name} type="number" min="0" step="any" placeholder="as the installation's settings say" .value=${String(project.quota?.limits[name] ?? "")}></label>`), "Set");
    if (given) {
      const limits = Object.fromEntries(Object.keys(LIMITS).map(name => [name, given.get(name) === "" ? null : Number(given.get(name))]));
      project.quota = await view.attempt(() => post(`v1/organization/projects/${id(project.id)}/quota`, limits)) ?? project.quota;
      view.update();
    }
  }

  async function addWebhook() {
    const given = await form("New webhook endpoint", html`
      <label>Name <input name="name" required maxlength="256" autofocus></label>
      <label>Address <input name="url" type="url" required maxlength="2048" placeholder="https://"></label>
      <fieldset><legend>Events</legend>${EVENTS.map(event => html`<label class="check"><input type="checkbox" name="event_types" value=${event} checked> ${event}</label>`)}</fieldset>`, "Create");
    const made = given && await view.attempt(() => post("v1/webhook_endpoints", {name: given.get("name"), url: given.get("url"), event_types: given.getAll("event_types")}));
    if (made) {
      await reveal("Signing secret", made.signing_secret);
      readWebhooks();
    }
  }

  async function removeWebhook(endpoint) {
    if (await confirm({title: `Delete the endpoint ${endpoint.name}?`, text: "Its deliveries are deleted too.", action: "Delete", isDangerous: true})) {
      await view.attempt(() => remove(`v1/webhook_endpoints/${endpoint.id}`));
      readWebhooks();
    }
  }

  async function showDeliveries(endpoint) {
    const answer = await view.attempt(() => get(`v1/webhook_endpoints/${endpoint.id}/deliveries?limit=20`, {signal: view.signal}));
    state.deliveries.set(endpoint.id, answer?.data ?? []);
    view.update();
  }

  return () => [
    heading("Administration"),
    state.quota === undefined ? loading() : null,
    state.quota ? usage(state.quota) : null,
    state.projects ? projects(state.projects, {addProject, showKeys, addKey, removeKey, setQuota}) : null,
    state.webhooks ? webhooks(state.webhooks, state.deliveries, {addWebhook, removeWebhook, showDeliveries}) : null,
    state.audit ? audit(state.audit) : null,
    state.projects === null ? html`<p class="quiet">Projects, keys and the audit log are shown to administrators.</p>` : null,
  ];
}

function usage({project_id: project, limits, usage: used}) {
  const rows = [["Running jobs", used.running_jobs, limits.running_jobs, count], ["Unfinished jobs", used.unfinished_jobs, limits.unfinished_jobs, count],
    ["Stored", used.stored_bytes, limits.stored_bytes, bytes], ["Training hours this month", used.training_hours_this_month, limits.training_hours_per_month, figure]];
  return html`
    <section>
      <h2>Use by ${project}</h2>
      <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
        <thead><tr><th scope="col"><span class="hidden">What</span></th><th scope="col" class="right">Used</th><th scope="col" class="right">Limit</th></tr></thead>
        <tbody>${rows.map(([name, value, limit, written]) => html`<tr><th scope="row">${name}</th><td class="right">${written(value)}</td><td class="right">${limit === null ? "none" : written(limit)}</td></tr>`)}</tbody>
      </table></div>
    </section>`;
}

function projects(rows, {addProject, showKeys, addKey, removeKey, setQuota}) {
  return html`
    <section>
      <div class="heading"><h2>Projects and keys</h2><button @click=${addProject}>New project</button></div>
      ${rows.map(project => html`
        <details @toggle=${event => event.target.open && !project.keys && showKeys(project)}>
          <summary>${project.name} <small>${project.id}</small></summary>
          <div class="actions start"><button @click=${() => addKey(project)}>New key</button><button @click=${() => setQuota(project)}>Limits</button></div>
          ${project.quota ? usage(project.quota) : null}
          ${project.keys?.length ? html`
            <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
              <thead><tr><th scope="col">Key</th><th scope="col">Value</th><th scope="col">Scopes</th><th scope="col">Created</th><th scope="col">Last used</th><th scope="col">Expires</th>
                <th scope="col"><span class="hidden">Delete</span></th></tr></thead>
              <tbody>${project.keys.map(key => html`
                <tr><th scope="row">${key.name}</th><td><code>${key.redacted_value}</code></td><td>${key.scopes.length === SCOPES.length ? "all" : key.scopes.join(", ")}</td>
                  <td>${when(key.created_at)}</td><td>${when(key.last_used_at)}</td><td>${date(key.expires_at)}</td>
                  <td><button class="quiet" @click=${() => removeKey(project, key)}>Delete</button></td></tr>`)}
              </tbody>
            </table></div>` : null}
        </details>`)}
    </section>`;
}

function webhooks(rows, deliveries, {addWebhook, removeWebhook, showDeliveries}) {
  return html`
    <section>
      <div class="heading"><h2>Webhooks</h2><button @click=${addWebhook}>New endpoint</button></div>
      ${rows.map(endpoint => html`
        <article class="card">
          <div class="heading"><h3>${endpoint.name}</h3>${pill(endpoint.anneal.enabled ? "ready" : "failed")}
            <button class="quiet" @click=${() => showDeliveries(endpoint)}>Deliveries</button><button class="quiet" @click=${() => removeWebhook(endpoint)}>Delete</button></div>
          <p><code>${endpoint.url}</code> ${endpoint.event_types.join(", ")}</p>
          ${deliveries.has(endpoint.id) ? html`<ul class="plain">${deliveries.get(endpoint.id).map(delivery => html`
            <li>${pill(delivery.status)} ${delivery.event_type} of ${delivery.job_id}, ${when(delivery.created_at)} ${delivery.attempts.at(-1)?.failure ?? ""}</li>`)}</ul>` : null}
        </article>`)}
    </section>`;
}

const audit = rows => html`
  <section>
    <h2>Audit log</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="Table"><table>
      <thead><tr><th scope="col">Time</th><th scope="col">What</th><th scope="col">Outcome</th><th scope="col">Subject</th><th scope="col">Who</th><th scope="col">Project</th></tr></thead>
      <tbody>${rows.map(entry => html`
        <tr><td>${date(entry.effective_at)}</td><td>${entry.type}</td><td>${pill(entry.anneal.outcome)} <small>${entry.anneal.status}</small></td><td>${entry[entry.type]?.id ?? "–"}</td>
          <td>${entry.actor?.api_key?.id ?? entry.actor?.session?.user?.id ?? "unknown"}</td><td>${entry.project?.id ?? "–"}</td></tr>`)}
      </tbody>
    </table></div>
  </section>`;
