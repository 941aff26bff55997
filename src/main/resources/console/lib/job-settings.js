/** The settings of a job: all that the service shows of it, but what came of them. A setting that is new to the console is shown as well. */

import {methodOf} from "./parts.js";

const RESULTS = new Set(["id", "object", "created_at", "error", "fine_tuned_model", "finished_at", "organization_id", "result_files", "status", "trained_tokens",
  "user_provided_suffix", "estimated_finish", "integrations", "method", "anneal"]);
const PROGRESS = new Set(["state", "beta", "step", "total_steps", "annealed_at_step", "mergeable", "queue_position", "queue_depth", "waiting_for", "estimated_start",
  "eta_seconds", "percent", "epoch", "tokens", "shared_tokens", "tokens_per_second", "device_memory", "failure", "attempt", "attempts", "estimate", "method"]);

const without = (values, names) => Object.fromEntries(Object.entries(values).filter(([name, value]) => !names.has(name) && value !== null));

/** As in a request for such a job. @returns {Record<string, any>} */
export const settingsOf = job => ({...without(job, RESULTS), method: job.method ?? job.anneal.method, anneal: without(job.anneal, PROGRESS)});

/** By name, each once; settings within others have names such as `schedule.end`. @returns {Record<string, unknown>} */
export function flatSettings(job) {
  const {method, anneal, hyperparameters, ...others} = settingsOf(job);
  const own = method?.[methodOf(job)] ?? {};
  return flatten({method: methodOf(job), ...others, ...own, hyperparameters: {...hyperparameters, ...own.hyperparameters}, ...anneal});
}

function flatten(values, prefix = "") {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) =>
    value && typeof value === "object" && !Array.isArray(value) ? Object.entries(flatten(value, `${prefix}${name}.`)) : [[prefix + name, [value].flat().join(" ")]]));
}
