// What the programs of this folder do alike with the official OpenAI SDK.
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export async function collect(pages) {
  const rows = [];
  for await (const row of pages) rows.push(row);
  return rows;
}

// Uploads datasets and waits until each is found usable.
export async function upload(client, ...paths) {
  const files = [];
  for (const path of paths) {
    const uploaded = await client.files.create({ file: createReadStream(path), purpose: "fine-tune" });
    files.push(await client.files.waitForProcessing(uploaded.id, { pollInterval: 200 }));
  }
  for (const file of files) assert.equal(file.status, "processed", JSON.stringify(file));
  return files;
}

// Uploads both files, trains the model on them and returns the job, which must end well.
export async function trained(client, model, training, validation, settings) {
  const files = await upload(client, training, validation);
  const job = await client.fineTuning.jobs.create({ model, training_file: files[0].id, validation_file: files[1].id, seed: 7, ...settings });
  return succeeded(client, job);
}

// Follows a job to its end, which must be a good one.
async function succeeded(client, job) {
  while (!["succeeded", "failed", "cancelled"].includes(job.status)) {
    await sleep(500);
    job = await client.fineTuning.jobs.retrieve(job.id);
  }
  assert.equal(job.status, "succeeded", JSON.stringify(job.error));
  return job;
}

// Reads what a job leaves behind: events, checkpoints, and the last row of its result file, by column.
export async function left(client, job) {
  const events = await collect(client.fineTuning.jobs.listEvents(job.id, { limit: 3 }));
  assert.equal(new Set(events.map((event) => event.id)).size, events.length, "automatic paging repeats nothing");
  const checkpoints = await collect(client.fineTuning.jobs.checkpoints.list(job.id, { limit: 1 }));
  assert.ok(checkpoints.length > 0, "checkpoints are listed");
  assert.equal((await client.models.retrieve(job.fine_tuned_model)).id, job.fine_tuned_model);
  const lines = (await (await client.files.content(job.result_files[0])).text()).trim().split("\n");
  const cells = lines[lines.length - 1].split(",");
  return { events, checkpoints, last: Object.fromEntries(lines[0].split(",").map((name, i) => [name, cells[i]])) };
}

// Asks a model as a whole and as a stream, which must say the same.
export async function said(client, model, content) {
  const asked = { model, messages: [{ role: "user", content }], temperature: 0, max_completion_tokens: 32 };
  const whole = await client.chat.completions.create(asked);
  let streamed = "";
  for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) streamed += chunk.choices[0]?.delta?.content ?? "";
  assert.equal(streamed, whole.choices[0].message.content, "a stream says the same");
  assert.ok(whole.usage.completion_tokens > 0);
  return streamed;
}
