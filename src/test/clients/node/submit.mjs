// Submits a fine-tuning job with the official OpenAI SDK and follows it to its end.
//
//   OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none node submit.mjs MODEL TRAINING_FILE VALIDATION_FILE [EPOCHS]
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";

const [model, training, validation, epochs = "1"] = process.argv.slice(2);
const client = new OpenAI();

async function collect(pages) {
  const rows = [];
  for await (const row of pages) rows.push(row);
  return rows;
}

const files = [];
for (const path of [training, validation]) {
  const uploaded = await client.files.create({ file: createReadStream(path), purpose: "fine-tune" });
  files.push(await client.files.waitForProcessing(uploaded.id, { pollInterval: 200 }));
}
assert.deepEqual(files.map((file) => file.status), ["processed", "processed"]);
const listed = (await collect(client.files.list({ limit: 1 }))).map((file) => file.id);
assert.ok(files.every((file) => listed.includes(file.id)), "automatic paging finds every file");

let job = await client.fineTuning.jobs.create({
  model,
  training_file: files[0].id,
  validation_file: files[1].id,
  suffix: "node",
  seed: 7,
  metadata: { client: "node" },
  method: { type: "supervised", supervised: { hyperparameters: { n_epochs: Number(epochs), batch_size: 8 } } },
});
assert.ok(Number.isInteger(job.created_at));
while (!["succeeded", "failed", "cancelled"].includes(job.status)) {
  await sleep(500);
  job = await client.fineTuning.jobs.retrieve(job.id);
}
assert.equal(job.status, "succeeded", JSON.stringify(job.error));
const events = await collect(client.fineTuning.jobs.listEvents(job.id, { limit: 3 }));
assert.equal(new Set(events.map((event) => event.id)).size, events.length, "automatic paging repeats nothing");
const checkpoints = await collect(client.fineTuning.jobs.checkpoints.list(job.id, { limit: 1 }));
const losses = checkpoints
  .filter((checkpoint) => typeof checkpoint.metrics.full_valid_loss === "number")
  .map((checkpoint) => [checkpoint.step_number, checkpoint.metrics.full_valid_loss])
  .sort((a, b) => a[0] - b[0]);
assert.ok(losses.length > 0, "checkpoints carry the validation loss");
assert.equal((await client.models.retrieve(job.fine_tuned_model)).id, job.fine_tuned_model);
const results = await (await client.files.content(job.result_files[0])).text();
assert.ok(results.startsWith("step,"), results.slice(0, 80));
const messages = [{ role: "user", content: "Where is my Lumo Kettle?" }];
for (const name of [model, job.fine_tuned_model]) {
  const asked = { model: name, messages, temperature: 0, max_completion_tokens: 32 };
  const whole = await client.chat.completions.create(asked);
  let streamed = "";
  for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) streamed += chunk.choices[0]?.delta?.content ?? "";
  assert.equal(streamed, whole.choices[0].message.content, "a stream says the same");
  assert.ok(whole.usage.completion_tokens > 0);
}
await assert.rejects(client.fineTuning.jobs.cancel(job.id), (refusal) => refusal.status === 409);
console.log(
  `node: ${job.id} ${job.fine_tuned_model} trained ${job.trained_tokens} tokens, ` +
    `validation loss by step ${JSON.stringify(losses)}`,
);
