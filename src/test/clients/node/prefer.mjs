// Trains on pairs of answers (DPO) with the official OpenAI SDK.
//
//   OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none node prefer.mjs MODEL TRAINING_FILE VALIDATION_FILE [STEPS]
import assert from "node:assert/strict";
import OpenAI from "openai";
import { left, said, trained } from "./jobs.mjs";

const [model, training, validation, steps = "12"] = process.argv.slice(2);
const client = new OpenAI();

const job = await trained(client, model, training, validation, {
  method: { type: "dpo", dpo: { hyperparameters: { beta: 0.2, batch_size: 4 } } },
  anneal: { max_steps: Number(steps), eval_interval: Number(steps), loss: { type: "robust", label_smoothing: 0.1 } },
});
assert.equal(job.method.dpo.hyperparameters.beta, 0.2);
assert.equal(job.method.dpo.hyperparameters.batch_size, 4);
assert.deepEqual(job.anneal.loss, { type: "robust", label_smoothing: 0.1 });
const { events, last } = await left(client, job);
assert.ok(events.some((event) => event.data && "rewards/margins" in event.data), "events carry the rewards");
const accuracy = Number(last["valid_rewards/accuracies"]);
assert.ok(accuracy > 0.8, JSON.stringify(last));
await said(client, job.fine_tuned_model, "Where is my Lumo Kettle?");
console.log(`node: ${job.id} prefers, reward accuracy ${accuracy} on ${validation} after ${steps} steps`);
