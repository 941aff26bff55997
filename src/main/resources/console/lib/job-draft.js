/** The form for a job as it was left: it lives as long as the tab, or until it is sent. */

const DRAFT = "anneal.new-job";

/** @typedef {{method: string, values: Map<string, string>, key: string | null}} Draft with the `Idempotency-Key` under which it was sent, if it was */

/** @returns {Draft} */
export function keptDraft() {
  const {method = "supervised", values = [], key = null} = JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}");
  return {method, values: new Map(values), key};
}

/** @param {Draft} draft */
export const keepDraft = draft => sessionStorage.setItem(DRAFT, JSON.stringify({...draft, values: [...draft.values]}));

export const dropDraft = () => sessionStorage.removeItem(DRAFT);

/** Random; browsers give `randomUUID` to pages with https alone. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
