/** The service's public API, called as any other client does. Paths begin with `v1/` and are relative to the page, so that a proxy may serve it below a path. */

import {answered} from "./connection.js";
import {credential, refused} from "./session.js";

/** @typedef {{body?: any, signal?: AbortSignal, headers?: Record<string, string>}} Options of a request; a body that `call` gets is sent as JSON */

/** There is no answer. */
export class Unreachable extends Error {
  isAway = true;

  constructor() {
    super("The service cannot be reached.");
  }
}

/** A refused request, with the error's fields as the API writes them. */
export class ApiError extends Error {
  /** @param {number} status @param {{message?: string, code?: string | null, param?: string | null}} [error] */
  constructor(status, {message, code = null, param = null} = {}) {
    super(message ?? `The service answered with status ${status}.`);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  /** Whether the service, or a proxy before it, says that it is away for now. */
  get isAway() {
    return [502, 503, 504].includes(this.status);
  }
}

/** Whether the service says that there is no such thing. @param {any} error */
export const isMissing = error => error instanceof ApiError && error.status === 404;

/** @param {string} path @param {Options} [options] */
export const get = (path, options) => call("GET", path, options);
/** @param {string} path @param {any} [body] @param {Options} [options] */
export const post = (path, body, options) => call("POST", path, {...options, body});
/** @param {string} path @param {Options} [options] */
export const remove = (path, options) => call("DELETE", path, options);

/** The part of a path for an id, in which a slash or a colon is allowed. */
export const id = text => encodeURIComponent(text);

/**
 * Sends a request and returns its parsed answer. Throws an ApiError for a refusal, Unreachable if there is no answer.
 * @param {string} method @param {string} path @param {Options} [options] @returns {Promise<any>}
 */
async function call(method, path, {body, signal, headers = {}} = {}) {
  const response = await request(method, path, {
    signal,
    headers: body === undefined ? headers : {"Content-Type": "application/json", ...headers},
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return response.json().catch(lostOrAborted);
}

/** As `call`, with the answer as `fetch` gives it. @param {string} method @param {string} path @param {Options} [options] */
export async function request(method, path, {headers = {}, ...options} = {}) {
  const response = await fetch(new URL(path, document.baseURI), {method, headers: {...authorization(), ...headers}, ...options}).catch(lostOrAborted);
  if (!response.ok) {
    throw await errorOf(response);
  }
  answered();
  return response;
}

/** @returns {never} */
function lostOrAborted(error) {
  throw error.name === "AbortError" ? error : new Unreachable();
}

async function errorOf(response) {
  if (response.status === 401) {
    refused();
  }
  const body = await response.json().catch(() => ({}));
  const error = new ApiError(response.status, body.error);
  error.isAway || answered();
  return error;
}

function authorization() {
  const key = credential();
  return key ? {Authorization: `Bearer ${key}`} : {};
}

/**
 * The items of a list, page by page; `limit` is the size of a page, `after` the item to begin behind.
 * @param {string} path @param {{limit?: number, after?: string | null, signal?: AbortSignal}} [options]
 */
export async function* pages(path, {limit = 100, after = null, signal} = {}) {
  for (;;) {
    const page = await get(withQuery(path, {limit, after}), {signal});
    yield page.data;
    if (!page.has_more) {
      return;
    }
    after = page.last_id;
  }
}

/** All items of a list in one array. */
export async function all(path, options) {
  const items = [];
  for await (const page of pages(path, options)) {
    items.push(...page);
  }
  return items;
}

export function withQuery(path, values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams(given)}` : path;
}

/**
 * Reads server-sent events until the server ends the stream. A key in a header keeps EventSource from being used.
 * @param {(data: string, id: string | null) => void} onEvent
 */
export async function readEvents(response, onEvent) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const {value, done} = await reader.read();
    if (done) {
      return;
    }
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const fields = block.split("\n").map(line => /^(data|id): ?(.*)$/.exec(line)).filter(Boolean);
      const data = fields.filter(field => field[1] === "data").map(field => field[2]).join("\n");
      if (data) {
        onEvent(data, fields.find(field => field[1] === "id")?.[2] ?? null);
      }
    }
  }
}

/** Sends a file with its purpose; `onProgress` gets the share that is sent. `fetch` tells no progress of uploads, hence XMLHttpRequest. */
export function upload(file, purpose, {onProgress, signal}) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("purpose", purpose);
    form.append("file", file);
    const sending = new XMLHttpRequest();
    sending.open("POST", new URL("v1/files", document.baseURI));
    Object.entries(authorization()).forEach(([name, value]) => sending.setRequestHeader(name, value));
    sending.responseType = "json";
    sending.upload.onprogress = event => onProgress(event.loaded / event.total);
    sending.onload = () => {
      if (sending.status === 200) {
        resolve(sending.response);
        return;
      }
      if (sending.status === 401) {
        refused();
      }
      reject(new ApiError(sending.status, sending.response?.error));
    };
    sending.onerror = () => reject(new TypeError("The connection to the service was lost during the upload."));
    sending.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
    signal?.addEventListener("abort", () => sending.abort());
    sending.send(form);
  });
}

/**
 * Has the browser save what a link serves. A page that fetched it with the key in a header would have to hold all of it.
 * @param {string} path path that makes the link
 */
export async function download(path) {
  const {url} = await post(path);
  const link = document.createElement("a");
  link.href = String(new URL(url.slice(1), document.baseURI));
  link.download = "";
  link.click();
}
