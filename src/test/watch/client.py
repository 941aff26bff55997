"""A client that gives the dashboards something to show: trainings, an evaluation, an export, an answer, and requests that are refused."""

import http.server
import json
import os
import threading
import time
import urllib.error
import urllib.request

import uploads

API = f"http://127.0.0.1:{os.environ['WATCH_API']}/v1"
KEY = os.environ["WATCH_KEY"]
SECRET = os.environ["WATCH_GRADER_SECRET"]
HEAD = "speculative_draft of eagle1"


def call(path, body=None, key=KEY, headers=None, data=None):
    """The reply as JSON and its status."""
    sent = json.dumps(body).encode() if body is not None else data
    request = urllib.request.Request(API + path, sent, {
        "Authorization": f"Bearer {key}", "Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply), reply.status
    except urllib.error.HTTPError as refused:
        return json.load(refused), refused.code


def created(path, body):
    reply, status = call(path, body)
    assert status in (200, 202), (path, status, reply)
    return reply["id"]


def upload(name, rows):
    reply, status = call("/files", data=uploads.training_file(name, rows), headers={"Content-Type": uploads.CONTENT_TYPE})
    assert status == 200, reply
    return reply["id"]


def ended(path, patience=600):
    deadline = time.monotonic() + patience
    while True:
        reply, _ = call(path)
        if reply.get("status") in ("succeeded", "failed", "cancelled"):
            assert reply["status"] == "succeeded", reply
            return reply
        assert time.monotonic() < deadline, ("not ended", reply)
        time.sleep(1)


class Grader(http.server.BaseHTTPRequestHandler):
    """An endpoint that graders ask with a secret header; longer answers are worth more."""

    def do_POST(self):
        assert self.headers["X-Grader-Token"] == SECRET
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps({"score": min(1.0, len(asked["sample"]["output_text"]) / 8)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *line):
        pass


def train(body):
    return created("/fine_tuning/jobs", {"model": "anneal-tiny", **body})


def trainings():
    """Ids of jobs, which wait for one another: supervised, dpo, drafts (a model and a head), and reinforcement, whose rollouts use the head."""
    grader = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Grader)
    threading.Thread(target=grader.serve_forever, daemon=True).start()
    tickets, valid = upload("tickets.train.jsonl", 200), upload("tickets.valid.jsonl", 10)
    pairs, sums = upload("preferences.train.jsonl", 100), upload("addition.train.jsonl", 60)
    questions = upload("addition.test.jsonl", 10)
    jobs = {
        "supervised": {"training_file": tickets, "validation_file": valid, "anneal": {"max_steps": 40, "eval_interval": 20}},
        "dpo": {"training_file": pairs, "method": {"type": "dpo"}, "anneal": {"max_steps": 12}},
        "speculative_draft": {"training_file": tickets, "validation_file": valid, "method": {"type": "speculative_draft", "speculative_draft": {
            "kind": "model", "draft_model": "anneal-tiny", "evaluation": {"prompts": 4, "max_tokens": 8}}},
            "anneal": {"max_steps": 40, "eval_interval": 10}},
        HEAD: {
            "training_file": tickets, "validation_file": valid, "method": {"type": "speculative_draft", "speculative_draft": {
                "kind": "eagle1", "evaluation": {"prompts": 4, "max_tokens": 8}}},
            "anneal": {"max_steps": 12, "eval_interval": 6}},
    }
    reinforcement = {
        "training_file": sums, "validation_file": questions, "method": {"type": "reinforcement", "reinforcement": {
            "grader": {"type": "endpoint", "name": "watched", "url": f"http://127.0.0.1:{grader.server_port}/grade",
                       "headers": {"X-Grader-Token": SECRET}},
            "hyperparameters": {"batch_size": 4, "eval_interval": 6}}},
        "anneal": {"max_steps": 12, "loss": {"kl_weight": 0.04}, "rollouts": {"group_size": 4, "max_completion_tokens": 8}}}
    started = {method: train(body) for method, body in jobs.items()}
    reinforcement["anneal"]["draft"] = ended(f"/fine_tuning/jobs/{started[HEAD]}")["fine_tuned_model"]
    return {**started, "reinforcement": train(reinforcement)}, valid


def work():
    """Does it all and returns the ids of the jobs by method."""
    jobs, valid = trainings()
    chat = {"model": "anneal-tiny", "max_tokens": 8, "messages": [{"role": "user", "content": "What is 12 + 13?"}]}
    for _ in range(3):
        reply, status = call("/chat/completions", chat)
        assert status == 200, reply
    hostile = "x\r\n2026-01-01T00:00:00.000Z ERROR forged\x1b[2J"
    assert call("/fine_tuning/jobs/nobody")[1] == 404
    assert call("/models/%0d%0aforged")[1] in (400, 404)
    assert call("/fine_tuning/jobs", {"model": hostile, "training_file": hostile, "suffix": hostile})[1] in (400, 404)
    assert call("/files", key="wrong-key")[1] == 401
    done = {method: ended(f"/fine_tuning/jobs/{job}") for method, job in jobs.items()}
    export = created(f"/fine_tuning/jobs/{jobs['supervised']}/exports", {"kind": "adapter"})
    evaluation = created("/fine_tuning/evaluations", {
        "model": done["supervised"]["fine_tuned_model"], "test_file": valid, "max_new_tokens": 8})
    ended(f"/fine_tuning/jobs/{jobs['supervised']}/exports/{export}")
    ended(f"/fine_tuning/evaluations/{evaluation}")
    return jobs
