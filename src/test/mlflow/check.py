"""Holds an MLflow server to what the service has told it of its jobs, by MLflow's own client."""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter

import uploads

WORK = pathlib.Path(os.environ["MLFLOW_WORK"])
PORT = os.environ["MLFLOW_PORT"]
API = f"http://127.0.0.1:{os.environ['ANNEAL_API']}/v1"
METERS = f"http://127.0.0.1:{os.environ['ANNEAL_ACTUATOR']}/actuator/prometheus"
PATIENCE_SECONDS = 180
SERVERS = []

os.environ["MLFLOW_TRACKING_URI"] = f"http://127.0.0.1:{PORT}"


def call(path, body=None, data=None, content_type="application/json"):
    sent = json.dumps(body).encode() if body is not None else data
    request = urllib.request.Request(API + path, sent, {"Content-Type": content_type})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as refused:
        raise AssertionError((path, refused.code, refused.read())) from refused


def upload(name, rows):
    return call("/files", data=uploads.training_file(name, rows), content_type=uploads.CONTENT_TYPE)["id"]


def until(condition, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "did not come true: " + what
        time.sleep(0.3)


def is_up():
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


def server():
    """Starts MLflow on its database."""
    process = subprocess.Popen(
        [str(pathlib.Path(sys.executable).parent / "mlflow"), "server", "--host", "127.0.0.1", "--port", PORT, "--workers", "1",
         "--backend-store-uri", f"sqlite:///{WORK}/mlflow.db", "--artifacts-destination", str(WORK / "artifacts")],
        stdout=open(WORK / "server.log", "ab"), stderr=subprocess.STDOUT, start_new_session=True,
        # Consumers of a queue that nothing here uses.
        env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"})
    SERVERS.append(process)
    until(is_up, "MLflow answers")
    return process


def kill(process):
    SERVERS.remove(process)
    os.killpg(process.pid, 9)
    process.wait()


def job(files, **more):
    return call("/fine_tuning/jobs", {"model": "anneal-tiny", "training_file": files[0], "suffix": "tracked", **more})["id"]


def step_of(job_id):
    return call(f"/fine_tuning/jobs/{job_id}")["anneal"]["step"]


def ended(job_id):
    def final():
        seen = call(f"/fine_tuning/jobs/{job_id}")
        return seen if seen["status"] in ("succeeded", "failed", "cancelled") else None
    return until(final, job_id + " ends")


def run_of(client, job_id, status):
    def found():
        experiment = client.get_experiment_by_name("anneal-default")
        runs = client.search_runs([experiment.experiment_id], f"tags.`anneal.job_id` = '{job_id}'") if experiment else []
        assert len(runs) <= 1, runs
        return runs[0] if runs and runs[0].info.status == status else None
    return until(found, f"the run of {job_id} is {status}")


def check_series(client, run, job_id):
    """Every number of the job's series is there, once, at its step, and no other."""
    series = call(f"/fine_tuning/jobs/{job_id}/metrics?limit=1000")["data"]
    assert series
    wanted = {(key, row["step"]): row[key] for row in series for key in (
        "train_loss", "train_mean_token_accuracy", "learning_rate", "grad_norm", "beta", "epoch", "tokens", "trained_tokens", "shared_tokens",
        "tokens_per_second", "seconds", "valid_loss", "valid_mean_token_accuracy", "valid_beta") if row[key] is not None}
    told = [(metric.key, metric.step, metric.value) for key in run.data.metrics for metric in client.get_metric_history(run.info.run_id, key)]
    twice = [place for place, times in Counter((key, step) for key, step, _ in told).items() if times > 1]
    assert not twice, twice
    got = {(key, step): value for key, step, value in told}
    assert got.keys() == wanted.keys(), got.keys() ^ wanted.keys()
    assert all(abs(got[place] - wanted[place]) <= 1e-9 * abs(wanted[place]) for place in wanted)
    return len(got), len(series)


def newest(client, model, version):
    from mlflow.exceptions import MlflowException
    try:
        found = client.get_model_version_by_alias(model, "newest")
    except MlflowException:
        return None
    return found if str(found.version) == version else None


def main():
    files = upload("tickets.train.jsonl", 200), upload("tickets.valid.jsonl", 10)
    from mlflow import MlflowClient
    process = server()
    client = MlflowClient()
    # Killed in the middle of a training, and back after its end.
    first = job(files, validation_file=files[1], anneal={"max_steps": 150, "eval_interval": 30})
    run_of(client, first, "RUNNING")
    until(lambda: step_of(first) > 20, "the first job trains")
    kill(process)
    done = ended(first)
    assert done["status"] == "succeeded", done
    process = server()
    run = run_of(client, first, "FINISHED")
    numbers, steps = check_series(client, run, first)
    assert steps == 150, steps
    assert run.data.params["totalSteps"] == "150" and run.data.params["training_file"] == files[0], run.data.params
    assert float(run.data.params["adapter/rank"]) == done["afa_lora"]["rank"], run.data.params
    assert run.data.tags["anneal.fine_tuned_model"] == done["fine_tuned_model"], run.data.tags
    assert run.data.tags["anneal.tenant"] == "default" and run.data.tags["anneal.attempt"] == "1", run.data.tags
    assert run.info.end_time >= run.info.start_time > 0

    second = job(files, anneal={"max_steps": 500})
    until(lambda: step_of(second) > 3, "the second job trains")
    call(f"/fine_tuning/jobs/{second}/cancel", {})
    check_series(client, run_of(client, second, "KILLED"), second)

    model = "ft-anneal-tiny-default-tracked"
    for version, kind in (("1", "merged"), ("2", "adapter")):
        export = call(f"/fine_tuning/jobs/{first}/exports", {"kind": kind})["id"]
        made = until(lambda: newest(client, model, version), f"version {version} is the newest")
        assert made.run_id == run.info.run_id and made.source.endswith(f"/{first}/exports/{export}"), made
        assert made.tags["anneal.export_id"] == export and made.tags["anneal.kind"] == kind, made
    assert len(client.search_model_versions(f"name = '{model}'")) == 2
    check_series(client, run_of(client, first, "FINISHED"), first)
    with urllib.request.urlopen(METERS, timeout=20) as reply:
        meters = reply.read().decode()
    assert 'anneal_mlflow_requests_total{outcome="ok"} 0.0' not in meters and 'outcome="unavailable"} 0.0' not in meters, meters
    log = (WORK / "log").read_text()
    assert log.count("are reported when it answers again") == 1, log

    print(f"MLflow has {numbers} numbers of {steps} steps, each once, of a job whose end it missed")
    kill(process)


try:
    main()
finally:
    for left in list(SERVERS):
        kill(left)
