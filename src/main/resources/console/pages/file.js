/** One file: its validation report, each problem with its line and the offending text marked, and rows as the model reads them. */

import {html} from "../vendor/lit-html/lit-html.js";
import {download, get, id, isMissing, remove, request} from "../lib/api.js";
import {untilAnswered} from "../lib/connection.js";
import {bytes, count} from "../lib/format.js";
import {confirm, say} from "../lib/messages.js";
import {errorCode, facts, heading, loading, pill, when} from "../lib/parts.js";
import {go} from "../lib/router.js";
import {pause} from "../lib/view.js";
import {renderedRows} from "./rows.js";

/** Of the content, to show the lines at fault. */
const READ_BYTES = 4_000_000;

export function open(view, fileId) {
  const path = `v1/files/${id(fileId)}`;
  const state = {file: null, missing: null, lines: null};
  const rows = renderedRows(view, fileId);
  view.title = fileId;
  follow();

  async function follow() {
    while (!view.signal.aborted) {
      try {
        state.file = await untilAnswered(() => get(path, {signal: view.signal}), view.signal);
      } catch (error) {
        state.missing = isMissing(error) ? error.message : state.missing;
        view.signal.aborted || state.missing || say(error);
      }
      view.update();
      if (!state.file || state.file.status !== "uploaded" || state.file.purpose !== "fine-tune") {
        break;
      }
      await pause(1);
    }
    if (state.file?.anneal.validation_report?.first_problems.length) {
      await view.load(readLines);
    }
  }

  async function readLines() {
    const response = await request("GET", `${path}/content`, {signal: view.signal, headers: {Range: `bytes=0-${READ_BYTES - 1}`}});
    state.lines = (await response.text()).split("\n");
  }

  async function erase() {
    if (await confirm({title: "Delete this file?", text: "Jobs that have read it keep what they have learned; it cannot be trained on again.", action: "Delete", isDangerous: true})) {
      (await view.attempt(() => remove(path))) && go("#/data");
    }
  }

  return () => {
    const {file} = state;
    if (!file) {
      return state.missing ? [heading("No such file"), html`<p>${state.missing}</p><p><a href="#/data">All files</a></p>`] : [heading(fileId), loading()];
    }
    const report = file.anneal.validation_report;
    return html`
      ${heading(file.filename, pill(file.status), html`
        <button @click=${() => view.attempt(() => download(`${path}/link`))}>Download</button>
        <button class="danger" @click=${erase}>Delete</button>
        ${report && !report.code ? html`<a class="button primary" href=${`#/new?training_file=${id(file.id)}${methodFor(report)}`}>Train on it</a>` : null}`)}
      <section class="card">${facts([
        ["Id", file.id], ["Purpose", file.purpose], ["Size", bytes(file.bytes)], ["Uploaded", when(file.created_at)], ["SHA-256", html`<code>${file.anneal.sha256}</code>`],
        ["Format", report?.format], ["Lines", report && count(report.lines)], ["Usable rows", report && count(report.accepted)],
        ["Messages", report && count(report.messages)], ["Trained messages", report && count(report.trained_messages)],
      ])}</section>
      ${file.status === "uploaded" && file.purpose === "fine-tune" ? html`<p class="note waiting" role="status">The rows are being checked …</p>` : null}
      ${report ? findings(report, state.lines) : null}
      ${report && report.accepted ? rows() : null}`;
  };
}

const methodFor = report => ({preference: "&method=dpo", reinforcement: "&method=reinforcement"})[report.format] ?? "";

function findings(report, lines) {
  const dropped = Object.entries(report.dropped);
  if (!report.code && !dropped.length && !report.warnings.length) {
    return html`<p class="note good">All ${count(report.accepted)} rows can be used.</p>`;
  }
  return html`
    <section>
      <h2>What the check found</h2>
      ${report.code ? html`<p class="note bad"><strong>${errorCode(report.code)}</strong> ${report.message}</p>` : null}
      ${dropped.length ? html`<p>${dropped.map(([reason, rows]) => `${count(rows)} × ${reason}`).join(", ")}</p>` : null}
      ${report.warnings.map(warning => html`<p class="note waiting">${warning}</p>`)}
      <ol class="problems">${report.first_problems.map(problem => html`
        <li>
          <h3>Line ${count(problem.line)}: ${problem.reason.replaceAll("_", " ")}</h3>
          <p>Expected ${problem.expected}${problem.path && problem.path !== "$" ? html` at <code>${problem.path}</code>` : null}; found ${problem.found}. ${sentence(problem.remedy)}</p>
          ${lines?.[problem.line - 1] !== undefined ? excerpt(lines[problem.line - 1], problem.path) : null}
        </li>`)}
      </ol>
    </section>`;
}

const sentence = text => text.charAt(0).toUpperCase() + text.slice(1) + ".";

const SHOWN = 240;

/** The line around the offending text, which is marked. */
function excerpt(line, path) {
  const [from, to] = place(line, path);
  const start = Math.max(0, Math.min(from - SHOWN / 3, line.length - SHOWN));
  const end = Math.min(line.length, Math.max(start + SHOWN, Math.min(to, from + SHOWN)));
  return html`<pre class="excerpt" tabindex="0" aria-label="The line">${start > 0 ? "…" : ""}${line.slice(start, from)}<mark>${line.slice(from, Math.min(to, end))}</mark>${line.slice(Math.min(to, end), end)}${end < line.length ? "…" : ""}</pre>`;
}

/** Where the value at a JSON path stands in the line; where the path leads nowhere, its last part that exists; for broken JSON the whole line. */
function place(line, path) {
  let whole;
  try {
    whole = JSON.parse(line);
  } catch {
    return [0, line.length];
  }
  const keys = (path ?? "").replace(/^\$\.?/, "").split(/[.[\]]+/).filter(Boolean);
  let value = whole;
  let at = 0;
  let end = line.length;
  for (const key of keys) {
    if (value === null || typeof value !== "object" || !(key in value)) {
      break;
    }
    at = Array.isArray(value) ? afterItems(line, value, Number(key), at) : afterKey(line, key, at);
    value = value[key];
    end = endOf(line, value, at);
  }
  return at === 0 && end === line.length ? [0, line.length] : [at, end];
}

/** A line may be written with other spaces than JSON.stringify's; then the mark ends where the line's own text of the value does. */
function endOf(line, value, at) {
  const text = JSON.stringify(value);
  if (line.startsWith(text, at)) {
    return at + text.length;
  }
  for (let end = at + 1; end <= line.length; end++) {
    try {
      JSON.parse(line.slice(at, end));
      if (typeof value !== "number" || !/[\d.eE+-]/.test(line[end] ?? "")) {
        return end;
      }
    } catch {
      // The value goes on.
    }
  }
  return line.length;
}

function afterKey(line, key, from) {
  const found = line.indexOf(JSON.stringify(key), from);
  return found < 0 ? from : skipSpace(line, line.indexOf(":", found + key.length) + 1);
}

function afterItems(line, items, index, from) {
  let at = skipSpace(line, line.indexOf("[", from) + 1);
  for (let passed = 0; passed < index; passed++) {
    at = skipSpace(line, line.indexOf(",", endOf(line, items[passed], at)) + 1);
  }
  return at;
}

function skipSpace(line, at) {
  while (/\s/.test(line[at] ?? "")) {
    at++;
  }
  return at;
}
