"""Trains on rewards (GRPO) with the official OpenAI SDK.

    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none python reinforce.py MODEL TRAINING_FILE VALIDATION_FILE [STEPS]

Every reply is parsed strictly; exits 0 if the job succeeds, shows its grader and tells its rewards.
"""

import sys

from openai import OpenAI

from jobs import trained

model, training, validation = sys.argv[1:4]
steps = int(sys.argv[4]) if len(sys.argv) > 4 else 12
client = OpenAI(_strict_response_validation=True)

grader = {
    "type": "string_check",
    "name": "sum",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
client.fine_tuning.alpha.graders.validate(grader=grader)
job = trained(
    client,
    model,
    training,
    validation,
    method={
        "type": "reinforcement",
        "reinforcement": {"grader": grader, "hyperparameters": {"batch_size": 4, "eval_interval": steps}},
    },
    extra_body={"anneal": {"max_steps": steps, "rollouts": {"group_size": 4, "max_completion_tokens": 16}}},
)
assert job.method.reinforcement.grader.operation == "eq", job.method
assert job.method.reinforcement.hyperparameters.batch_size == 4, job.method
assert job.method.reinforcement.hyperparameters.eval_interval == steps, job.method
assert job.anneal["rollouts"]["group_size"] == 4 and job.anneal["loss"]["type"] == "dapo", job.anneal
header, *lines = client.files.content(job.result_files[0]).text.splitlines()
assert "reward" in header.split(",") and "valid_reward" in header.split(","), header
last = dict(zip(header.split(","), lines[-1].split(",")))
told = [e for e in client.fine_tuning.jobs.list_events(job.id) if e.data and "reward" in e.data]
assert told, "events carry the rewards"
print(f"python: {job.id} was rewarded, {last['valid_reward']} on {validation} after {steps} steps")
