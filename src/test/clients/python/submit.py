"""Submits a fine-tuning job with the official OpenAI SDK and follows it to its end.

    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none python submit.py MODEL TRAINING_FILE VALIDATION_FILE [EPOCHS]

Every reply is parsed strictly. Walks the whole surface of files, jobs, events, checkpoints and models; exits 0 if all holds.
"""

import sys

from openai import OpenAI

from jobs import trained

model, training, validation = sys.argv[1:4]
epochs = int(sys.argv[4]) if len(sys.argv) > 4 else 1
client = OpenAI(_strict_response_validation=True)

job = trained(
    client,
    model,
    training,
    validation,
    suffix="python",
    metadata={"client": "python"},
    method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": epochs, "batch_size": 8}}},
)
assert {job.training_file, job.validation_file} <= {f.id for f in client.files.list(limit=1)}, "automatic paging finds every file"
assert job.id in {j.id for j in client.fine_tuning.jobs.list(limit=1)}, "automatic paging finds the job"
assert job.trained_tokens and job.fine_tuned_model and job.result_files

events = list(client.fine_tuning.jobs.list_events(job.id, limit=3))
assert len({e.id for e in events}) == len(events) > 0, "automatic paging ends and repeats nothing"
checkpoints = list(client.fine_tuning.jobs.checkpoints.list(job.id, limit=1))
losses = [(c.step_number, c.metrics.full_valid_loss) for c in checkpoints if c.metrics.full_valid_loss is not None]
assert losses, "checkpoints carry the validation loss"
assert client.models.retrieve(job.fine_tuned_model).id == job.fine_tuned_model
results = client.files.content(job.result_files[0]).text
assert results.startswith("step,"), results[:80]
messages = [{"role": "developer", "content": "Answer in one line."}, {"role": "user", "content": "Where is my Lumo Kettle?"}]
said = {}
for name in (model, job.fine_tuned_model):
    whole = client.chat.completions.create(model=name, messages=messages, temperature=0, max_completion_tokens=32, logprobs=True, top_logprobs=2)
    said[name] = whole.choices[0].message.content
    chunks = list(client.chat.completions.create(model=name, messages=messages, temperature=0, max_completion_tokens=32, stream=True, stream_options={"include_usage": True}))
    assert said[name] == "".join(c.choices[0].delta.content or "" for c in chunks if c.choices), "a stream says the same"
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens == len(whole.choices[0].logprobs.content) + (whole.choices[0].finish_reason == "stop")
assert said[model] != said[job.fine_tuned_model], said
assert client.completions.create(model=model, prompt="one two", max_tokens=3, temperature=0).choices[0].text
near = {"type": "text_similarity", "name": "near", "input": "{{sample.output_text}}", "reference": "{{item.answer}}", "evaluation_metric": "fuzzy_match"}
graders = client.fine_tuning.alpha.graders
assert graders.validate(grader=near).grader.evaluation_metric == "fuzzy_match"
grade = graders.run(grader=near, model_sample="abcx", item={"answer": "abcd"})
assert grade.reward == 0.75 and not grade.metadata.errors.other_error, grade
both = {"type": "multi", "name": "both", "graders": {"a": near, "b": {**near, "evaluation_metric": "rouge_l"}}, "calculate_output": "a / 2 + b / 2"}
assert graders.run(grader=both, model_sample="abcx", item={"answer": "abcd"}).sub_rewards == {"a": 0.75, "b": 0}
judge = {"type": "score_model", "name": "judge", "model": model, "range": [0, 1000], "input": [{"role": "user", "content": "What is {{sample.output_text}}?"}]}
grade = graders.run(grader=judge, model_sample="17 + 25")
assert grade.metadata.token_usage > 0 and not grade.metadata.errors.api_model_grader_server_error, grade
try:
    client.fine_tuning.jobs.cancel(job.id)
except Exception as refusal:  # a final job cannot be cancelled
    assert refusal.status_code == 409, refusal
else:
    raise AssertionError("a job that has ended was cancelled")
print(f"python: {job.id} {job.fine_tuned_model} trained {job.trained_tokens} tokens, validation loss by step {sorted(losses)}")
