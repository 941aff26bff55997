// Submits a fine-tuning job with the official OpenAI SDK and follows it to its end.
//
//   OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none node submit.mjs MODEL TRAINING_FILE VALIDATION_FILE [EPOCHS]
import assert from "node:assert/strict";
import OpenAI from "openai";
import { collect, left, said, trained } from "./jobs.mjs";

const [model, training, validation, epochs = "1"] = process.argv.slice(2);
const client = new OpenAI();

const job = await trained(client, model, training, validation, {
  suffix: "node",
  metadata: { client: "node" },
  method: { type: "supervised", supervised: { hyperparameters: { n_epochs: Number(epochs), batch_size: 8 } } },
});
assert.ok(Number.isInteger(job.created_at));
const listed = (await collect(client.files.list({ limit: 1 }))).map((file) => file.id);
assert.ok([job.training_file, job.validation_file].every((id) => listed.includes(id)), "automatic paging finds every file");
const { checkpoints, last } = await left(client, job);
const losses = checkpoints
  .filter((checkpoint) => typeof checkpoint.metrics.full_valid_loss === "number")
  .map((checkpoint) => [checkpoint.step_number, checkpoint.metrics.full_valid_loss])
  .sort((a, b) => a[0] - b[0]);
assert.ok(losses.length > 0, "checkpoints carry the validation loss");
assert.equal(Number(last.step), job.anneal.total_steps);
for (const name of [model, job.fine_tuned_model]) await said(client, name, "Where is my Lumo Kettle?");
await assert.rejects(client.fineTuning.jobs.cancel(job.id), (refusal) => refusal.status === 409);
console.log(
  `node: ${job.id} ${job.fine_tuned_model} trained ${job.trained_tokens} tokens, ` +
    `validation loss by step ${JSON.stringify(losses)}`,
);
