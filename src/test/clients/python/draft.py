"""Trains a draft head with the official OpenAI SDK: twice the same, once undisturbed, and once paused, resumed and with its engine killed.

    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none python draft.py MODEL TRAINING_FILE VALIDATION_FILE ANNEAL_HOME [STEPS]

ANNEAL_HOME is the service's data directory, by which its engine processes are found. Every reply is parsed strictly; exits 0 if both jobs have the
same losses, acceptance lengths and weights, and chats with the draft say what chats without it do.
"""

import subprocess
import sys
import time

from openai import OpenAI

from jobs import succeeded, upload

model, training, validation, home = sys.argv[1:5]
steps = int(sys.argv[5]) if len(sys.argv) > 5 else 60
client = OpenAI(_strict_response_validation=True)
jobs = client.fine_tuning.jobs
files = upload(client, training, validation)


def submit(suffix):
    return jobs.create(
        model=model,
        training_file=files[0].id,
        validation_file=files[1].id,
        seed=7,
        suffix=suffix,
        extra_body={
            "method": {
                "type": "speculative_draft",
                "speculative_draft": {"kind": "eagle3", "regenerate": {"temperature": 0, "max_tokens": 24}, "evaluation": {"prompts": 8, "max_tokens": 24}},
            },
            "anneal": {"max_steps": steps, "checkpoint_interval": 5, "eval_interval": steps},
        },
    )


def wait(job, condition):
    deadline = time.monotonic() + 300
    while not condition(jobs.retrieve(job.id)):
        assert time.monotonic() < deadline, jobs.retrieve(job.id)
        time.sleep(0.1)


def at_step(least):
    return lambda job: job.status == "running" and job.anneal["step"] >= least


def kill_engine():
    subprocess.run(["pkill", "-KILL", "-f", f"EngineMain {home}/.*"], check=True)


def exported(job):
    """The exported files by name, with their digests."""
    path = f"/fine_tuning/jobs/{job.id}/exports"
    export = client.post(path, cast_to=object, body={"kind": "draft", "dtype": "float32"})
    while export["status"] not in ("succeeded", "failed"):
        time.sleep(0.3)
        export = client.get(f"{path}/{export['id']}", cast_to=object)
    assert export["status"] == "succeeded", export
    listed = client.get(f"{path}/{export['id']}/files", cast_to=object)["data"]
    return {file["name"]: file["sha256"] for file in listed}


undisturbed = succeeded(client, submit("undisturbed"))
assert undisturbed.anneal["method"]["speculative_draft"]["kind"] == "eagle3", undisturbed.anneal

disturbed = submit("disturbed")
wait(disturbed, at_step(steps // 4))
jobs.pause(disturbed.id)
wait(disturbed, lambda job: job.anneal["state"] == "paused")
jobs.resume(disturbed.id)
wait(disturbed, at_step(steps // 2))
kill_engine()
disturbed = succeeded(client, disturbed)
assert len(disturbed.anneal["attempts"]) == 3, disturbed.anneal

results = [client.files.content(job.result_files[0]).text for job in (undisturbed, disturbed)]
columns = results[0].splitlines()[0].split(",")
assert "valid_acceptance_length/greedy" in columns, columns


def lasting(text):
    """The columns that do not depend on time."""
    rows = [line.split(",") for line in text.splitlines()]
    kept = [i for i, name in enumerate(rows[0]) if "second" not in name and "attempt" not in name and name != "created_at"]
    return [[row[i] for i in kept] for row in rows]


assert lasting(results[0]) == lasting(results[1]), "the losses of the disturbed job differ"
digests = [exported(job) for job in (undisturbed, disturbed)]
assert digests[0]["model.safetensors"] == digests[1]["model.safetensors"], "the weights of the disturbed job differ"

messages = [{"role": "user", "content": "Where is my Lumo Kettle?"}]
texts, accepted = set(), 0
for draft in (None, undisturbed.fine_tuned_model):
    answer = client.chat.completions.create(
        model=model, messages=messages, temperature=0, max_completion_tokens=48, extra_body={"anneal": {"draft": draft}})
    texts.add(answer.choices[0].message.content)
    accepted = answer.usage.completion_tokens_details.accepted_prediction_tokens
assert len(texts) == 1, texts
last = dict(zip(columns, results[0].splitlines()[-1].split(",")))
print(f"python: {undisturbed.id} drafts {float(last['valid_acceptance_length/greedy']):.2f} tokens a pass, and so does {disturbed.id} after a pause and a killed engine; {accepted} tokens of a chat were its")
