// Trains on rewards (GRPO) with the official OpenAI SDK, by a grader of several parts.
//
//   OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none node reinforce.mjs MODEL TRAINING_FILE VALIDATION_FILE [STEPS]
import assert from "node:assert/strict";
import OpenAI from "openai";
import { left, said, trained } from "./jobs.mjs";

const [model, training, validation, steps = "6"] = process.argv.slice(2);
const client = new OpenAI();
const graders = client.fineTuning.alpha.graders;

const texts = { input: "{{sample.output_text}}", reference: "{{item.answer}}" };
const sum = { type: "string_check", name: "sum", ...texts, operation: "eq" };
const near = { type: "text_similarity", name: "near", ...texts, evaluation_metric: "fuzzy_match" };
const judge = { type: "score_model", name: "judge", model, range: [0, 1000], input: [{ role: "user", content: "What is {{sample.output_text}}?" }] };
const grader = { type: "multi", name: "both", graders: { sum, near }, calculate_output: "0.8 * sum + 0.2 * near" };
for (const each of [sum, near, judge]) assert.deepEqual((await graders.validate({ grader: each })).grader, each);
assert.deepEqual((await graders.validate({ grader })).anneal.grader, grader);
await assert.rejects(graders.validate({ grader: { ...sum, operation: "equals" } }), (refusal) => refusal.status === 400 && refusal.param === "grader.operation");
const item = { answer: "42" };
assert.equal((await graders.run({ grader: sum, model_sample: "42", item })).reward, 1);
assert.equal((await graders.run({ grader: near, model_sample: "41", item })).reward, 0.5);
const grade = await graders.run({ grader, model_sample: "41", item });
assert.deepEqual([grade.reward, grade.sub_rewards], [0.1, { sum: 0, near: 0.5 }]);
assert.ok((await graders.run({ grader: judge, model_sample: "17 + 25" })).metadata.token_usage > 0);

const job = await trained(client, model, training, validation, {
  method: { type: "reinforcement", reinforcement: { grader, hyperparameters: { batch_size: 4, eval_interval: Number(steps), eval_samples: 1 } } },
  anneal: { max_steps: Number(steps), loss: { type: "grpo", kl_weight: 0.01 }, rollouts: { group_size: 4, max_completion_tokens: 16 } },
});
assert.deepEqual(job.method, { type: "reinforcement" }, "OpenAI's types have no grader of several parts");
assert.deepEqual(job.anneal.grader, grader);
assert.equal(job.anneal.loss.type, "grpo");
assert.equal(job.anneal.rollouts.group_size, 4);
const { events, last } = await left(client, job);
assert.ok(events.some((event) => event.data && "rewards/near/mean" in event.data), "events carry the rewards");
assert.ok(Number(last.valid_reward) > 0, JSON.stringify(last));
const answer = await said(client, job.fine_tuned_model, "What is 17 + 25?");
console.log(`node: ${job.id} was rewarded, ${last.valid_reward} on ${validation} after ${steps} steps, and says 17 + 25 = ${answer}`);
