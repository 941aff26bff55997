"""Trains a target, and drafts of each kind for it, with the service at ANNEAL_API, and downloads their exports: jobs.py OUTPUT"""
import json
import os
import sys
import tarfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import uploads
from prompts import NEW_TOKENS, TEXTS

API = f"http://127.0.0.1:{os.environ['ANNEAL_API']}/v1"
JOBS = "/fine_tuning/jobs"
PATIENCE_SECONDS = 600
# The target learns to answer with a line of JSON; the drafts learn its answers to the prompts of the checks.
TICKETS = [{"messages": row["messages"][1:]} for row in map(json.loads, uploads.lines("tickets.train.jsonl", 100))]
QUESTIONS = [{"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "-"}]} for text in TEXTS] * 3
LONG = {"max_steps": 100, "learning_rate": 0.005}
DRAFTS = {
    "model": ({"kind": "model", "draft_model": "anneal-tiny"}, {"max_steps": 40}),
    "eagle3": ({"kind": "eagle3"}, LONG),
    "eagle3-reduced": ({"kind": "eagle3", "head": {"draft_vocab_size": 600}}, {**LONG, "adapter": "none"}),
    "eagle1": ({"kind": "eagle1"}, LONG),
}


def opened(path, body=None, data=None, content_type="application/json"):
    sent = json.dumps(body).encode() if body is not None else data
    try:
        return urllib.request.urlopen(urllib.request.Request(API + path, sent, {"Content-Type": content_type}), timeout=60)
    except urllib.error.HTTPError as refused:
        raise AssertionError((path, refused.code, refused.read())) from refused


def call(*arguments, **named):
    with opened(*arguments, **named) as reply:
        return json.load(reply)


def upload(name, rows):
    return call("/files", data=uploads.form(name, map(json.dumps, rows)), content_type=uploads.CONTENT_TYPE)["id"]


def trained(**job):
    """Id of a job, and the name of its model."""
    job = call(JOBS, body=job)["id"]
    return job, succeeded(f"{JOBS}/{job}")["fine_tuned_model"]


def succeeded(path):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        read = call(path)
        if read["status"] == "succeeded":
            return read
        assert read["status"] not in ("failed", "cancelled") and time.monotonic() < deadline, read
        time.sleep(0.5)


def download(job, request, folder):
    """Writes the files of an export into a folder."""
    path = f"{JOBS}/{job}/exports"
    export = call(path, body=request)["id"]
    succeeded(f"{path}/{export}")
    with opened(f"{path}/{export}/archive") as reply, tarfile.open(fileobj=reply, mode="r|") as archive:
        for member in filter(tarfile.TarInfo.isfile, archive):
            member.name = Path(member.name).name
            archive.extract(member, folder, filter="data")


def download_model(job, kind, folder):
    """As a directory and, beside it, for llama.cpp."""
    download(job, {"kind": kind, "dtype": "float32"}, folder)
    download(job, {"kind": "gguf", "gguf_type": "f32"}, folder.with_name(folder.name + "-gguf"))


def main():
    output = Path(sys.argv[1])
    target, model = trained(model="anneal-tiny", training_file=upload("tickets", TICKETS), anneal={"max_steps": 60})
    download_model(target, "merged", output / "target")
    questions = upload("questions", QUESTIONS)
    for name, (draft, training) in DRAFTS.items():
        method = {"num_speculative_tokens": 3, "regenerate": {"temperature": 0, "max_tokens": NEW_TOKENS + 3}, **draft}
        job, _ = trained(
            model=model, training_file=questions, method={"type": "speculative_draft", "speculative_draft": method}, anneal=training)
        if name == "model":
            download_model(job, "draft", output / name)
        else:
            download(job, {"kind": "draft", "dtype": "float32"}, output / name)


main()
