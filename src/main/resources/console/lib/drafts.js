/** Drafts of a model: what jobs have made that name it as their target. */

import {get, withQuery} from "./api.js";
import {may} from "./session.js";

/** Names of the newest drafts that propose tokens for this model and for no other, deleted ones included. @param {string} model @param {AbortSignal} signal */
export async function draftsOf(model, signal) {
  if (!may("jobs:read")) {
    return [];
  }
  const made = await get(withQuery("v1/fine_tuning/jobs", {method: "speculative_draft", status: "succeeded", model, limit: 100}), {signal});
  return made.data.map(job => job.fine_tuned_model);
}
