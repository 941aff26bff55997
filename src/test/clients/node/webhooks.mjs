// Is told of a job's end by a webhook and verifies it with the official OpenAI SDK.
//
//   OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none node webhooks.mjs MODEL TRAINING_FILE
//
// The service needs anneal.outbound.allowed-addresses=127.0.0.1.
import assert from "node:assert/strict";
import { on, once } from "node:events";
import { createServer } from "node:http";
import OpenAI from "openai";
import { collect, upload } from "./jobs.mjs";

const [model, training] = process.argv.slice(2);
const client = new OpenAI();
const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
const requests = on(server, "request");

async function received() {
  const [request, response] = (await requests.next()).value;
  let body = "";
  for await (const part of request) body += part;
  response.writeHead(204).end();
  return [body, request.headers];
}

const endpoint = await client.webhooks.create({
  name: "node",
  url: `http://127.0.0.1:${server.address().port}/hook`,
  event_types: ["fine_tuning.job.succeeded", "fine_tuning.job.cancelled"],
});
const listed = await collect(client.webhooks.list({ limit: 1 }));
assert.ok(listed.some((each) => each.id === endpoint.id));
const testing = client.webhooks.test(endpoint.id, { event_type: "fine_tuning.job.succeeded" });
const [testBody, testHeaders] = await received();
assert.equal((await testing).status_code, 204);
assert.equal((await client.webhooks.unwrap(testBody, testHeaders, endpoint.signing_secret)).type, "fine_tuning.job.succeeded");

const [file] = await upload(client, training);
const job = await client.fineTuning.jobs.create({ model, training_file: file.id });
await client.fineTuning.jobs.cancel(job.id);
const [body, headers] = await received();
const event = await client.webhooks.unwrap(body, headers, endpoint.signing_secret);
assert.equal(event.type, "fine_tuning.job.cancelled");
assert.equal(event.data.id, job.id);
await assert.rejects(client.webhooks.unwrap(body + " ", headers, endpoint.signing_secret));
assert.ok((await client.webhooks.delete(endpoint.id)).deleted);
console.log(`node: told of ${job.id} by ${event.id}`);
server.close();
server.closeAllConnections();
