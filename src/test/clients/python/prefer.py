"""Trains on pairs of answers (DPO) with the official OpenAI SDK.

    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none python prefer.py MODEL TRAINING_FILE VALIDATION_FILE [STEPS]

Every reply is parsed strictly; exits 0 if the job succeeds, shows its settings and tells its rewards.
"""

import sys
import time

from openai import OpenAI

model, training, validation = sys.argv[1:4]
steps = int(sys.argv[4]) if len(sys.argv) > 4 else 20
client = OpenAI(_strict_response_validation=True)

files = []
for path in (training, validation):
    with open(path, "rb") as content:
        uploaded = client.files.create(file=content, purpose="fine-tune")
    files.append(client.files.wait_for_processing(uploaded.id, poll_interval=0.2))
assert all(f.status == "processed" for f in files), files

job = client.fine_tuning.jobs.create(
    model=model,
    training_file=files[0].id,
    validation_file=files[1].id,
    seed=7,
    method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2, "batch_size": 4}}},
    extra_body={"anneal": {"max_steps": steps, "eval_interval": steps}},
)
while job.status not in ("succeeded", "failed", "cancelled"):
    time.sleep(0.5)
    job = client.fine_tuning.jobs.retrieve(job.id)
assert job.status == "succeeded", job.error
assert job.method.dpo.hyperparameters.beta == 0.2, job.method
assert job.method.dpo.hyperparameters.batch_size == 4, job.method
header, *lines = client.files.content(job.result_files[0]).text.splitlines()
last = dict(zip(header.split(","), lines[-1].split(",")))
accuracy = float(last["valid_rewards/accuracies"])
assert accuracy > 0.8, last
told = [e for e in client.fine_tuning.jobs.list_events(job.id) if e.data and "rewards/margins" in e.data]
assert told, "events carry the rewards"
print(f"python: {job.id} prefers, reward accuracy {accuracy} on {validation} after {steps} steps")
