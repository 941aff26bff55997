"""Trains on pairs of answers (DPO) with the official OpenAI SDK.

    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none python prefer.py MODEL TRAINING_FILE VALIDATION_FILE [STEPS]

Every reply is parsed strictly; exits 0 if the job succeeds, shows its settings and tells its rewards.
"""

import sys

from openai import OpenAI

from jobs import trained

model, training, validation = sys.argv[1:4]
steps = int(sys.argv[4]) if len(sys.argv) > 4 else 20
client = OpenAI(_strict_response_validation=True)

job = trained(
    client,
    model,
    training,
    validation,
    method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2, "batch_size": 4}}},
    extra_body={"anneal": {"max_steps": steps, "eval_interval": steps, "loss": {"label_smoothing": 0.1}}},
)
assert job.method.dpo.hyperparameters.beta == 0.2, job.method
assert job.method.dpo.hyperparameters.batch_size == 4, job.method
assert job.anneal["loss"] == {"type": "sigmoid", "label_smoothing": 0.1}, job.anneal
header, *lines = client.files.content(job.result_files[0]).text.splitlines()
last = dict(zip(header.split(","), lines[-1].split(",")))
accuracy = float(last["valid_rewards/accuracies"])
assert accuracy > 0.8, last
told = [e for e in client.fine_tuning.jobs.list_events(job.id) if e.data and "rewards/margins" in e.data]
assert told, "events carry the rewards"
print(f"python: {job.id} prefers, reward accuracy {accuracy} on {validation} after {steps} steps")
