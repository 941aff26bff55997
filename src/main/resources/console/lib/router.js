/** Addresses of pages, in the fragment: `#/job/ftjob-1?by=time`. The server never sees it, so the console works below any path. */

export function current() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return {parts: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(query)};
}

/** An address that somebody typed may hold a percent sign that begins no character. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const link = (...parts) => `#/${parts.map(encodeURIComponent).join("/")}`;

export function go(address) {
  location.hash = address;
}

/** Keeps what a page shows in its address, without a step in the history. Empty values are left out. */
export function setQuery(values) {
  const {parts, query} = current();
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === "") {
      query.delete(name);
    } else {
      query.set(name, value);
    }
  }
  const text = query.toString();
  history.replaceState(null, "", link(...parts) + (text ? `?${text}` : ""));
}
