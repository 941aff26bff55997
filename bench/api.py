"""Measures the latency of API calls while one job trains and others wait in the queue.

bench/run.sh api [URL] [--model anneal-tiny] [--jobs 1000] [--calls 500]

Needs only Python and a running service without authentication (`java -jar target/anneal.jar`). Fills the queue, waits
until a worker trains, then sends calls one after another on one connection and prints p50, p99 and the longest time.
Finally cancels the jobs that it created.
"""
import argparse
import http.client
import json
import pathlib
import time
import urllib.parse
import uuid

DATASET = pathlib.Path(__file__).resolve().parent.parent / "src/main/resources/demo/tickets.train.jsonl"
PAUSE_SECONDS = 0.02


class Api:
    """One connection that stays open."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)

    def call(self, method, path, body=None, content_type="application/json"):
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = {"Content-Type": content_type} if data else {}
        self.connection.request(method, "/v1" + path, data, headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path} answered {response.status}: {text.decode()}")
        return json.loads(text)

    def upload(self, path):
        return self.upload_content(path.name, path.read_bytes())

    def upload_content(self, name, content):
        boundary = uuid.uuid4().hex
        part = '--{}\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
        body = (part.format(boundary, "purpose", "") + "fine-tune\r\n"
                + part.format(boundary, "file", f'; filename="{name}"')).encode()
        body += content + f"\r\n--{boundary}--\r\n".encode()
        return self.call("POST", "/files", body, f"multipart/form-data; boundary={boundary}")["id"]


def create(api, model, file, epochs=1):
    supervised = {"hyperparameters": {"n_epochs": epochs, "batch_size": 4}}
    job = {"model": model, "training_file": file, "method": {"type": "supervised", "supervised": supervised}}
    return api.call("POST", "/fine_tuning/jobs", job)["id"]


def await_running(api, job):
    while (status := api.call("GET", f"/fine_tuning/jobs/{job}")["status"]) != "running":
        if status in ("succeeded", "failed", "cancelled"):
            raise SystemExit(f"the job that should train is {status}")
        time.sleep(0.2)
    time.sleep(5)


def measure(calls, action):
    milliseconds = []
    for _ in range(calls):
        start = time.perf_counter()
        action()
        milliseconds.append((time.perf_counter() - start) * 1e3)
        time.sleep(PAUSE_SECONDS)
    milliseconds.sort()
    return milliseconds


def report(name, sorted_milliseconds):
    last = len(sorted_milliseconds) - 1
    p50, p99 = (sorted_milliseconds[round(share * last)] for share in (0.5, 0.99))
    print(f"{name:<18} p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   longest {sorted_milliseconds[-1]:6.1f} ms", flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("url", nargs="?", default="http://127.0.0.1:8080")
    arguments.add_argument("--model", default="anneal-tiny")
    arguments.add_argument("--jobs", type=int, default=1000)
    arguments.add_argument("--calls", type=int, default=500)
    options = arguments.parse_args()
    api = Api(options.url)
    file = api.upload(DATASET)
    trained = create(api, options.model, file, epochs=50)
    await_running(api, trained)
    waiting = [create(api, options.model, file) for _ in range(options.jobs)]
    try:
        actions = {
            "get job": lambda: api.call("GET", f"/fine_tuning/jobs/{trained}"),
            "get waiting job": lambda: api.call("GET", f"/fine_tuning/jobs/{waiting[0]}"),
            "list 20 jobs": lambda: api.call("GET", "/fine_tuning/jobs"),
            "list 100 events": lambda: api.call("GET", f"/fine_tuning/jobs/{trained}/events?limit=100"),
            "create job": lambda: waiting.append(create(api, options.model, file)),
        }
        for name, action in actions.items():
            measure(20, action)
            report(name, measure(options.calls, action))
        if (status := api.call("GET", f"/fine_tuning/jobs/{trained}")["status"]) != "running":
            print(f"the training job is {status}: these figures do not describe a service that trains")
    finally:
        for job in [trained, *waiting]:
            api.call("POST", f"/fine_tuning/jobs/{job}/cancel")


if __name__ == "__main__":
    main()
