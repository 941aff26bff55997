"""One training through the service's API, and what it showed."""
import hashlib
import json
import statistics

import arms
import resident

# Validations of a training whose curve is drawn.
CURVE_POINTS = 20
DIVERGED = ("training_diverged", "non_finite_loss")


def body(service, task, wanted, curve):
    """The request. Validations run a step before the end, where `afa-unmerged` is still what its name says, and at the end."""
    before_end = task.steps - 1
    kind = task.method["type"]
    method = {**task.method, kind: {**task.method[kind], "hyperparameters": {"batch_size": task.batch_size}}}
    request = {
        "model": task.model, "training_file": service.file(f"{task.name}-train", task.rows["train"]),
        "validation_file": service.file(f"{task.name}-{wanted['rows']}", task.rows[wanted["rows"]]), "seed": wanted["seed"], "method": method,
        **arms.settings(wanted["arm"], wanted["rank"], task.targets)}
    request["anneal"] = {
        **request.get("anneal", {}), **task.settings, "max_steps": task.steps, "learning_rate": wanted["rate"], "checkpoint_interval": before_end,
        "eval_interval": before_end // CURVE_POINTS if curve else before_end}
    return request


def data(service, task, rows):
    """Which rows are trained and asked, and the weights of a model that is not bundled: a hash."""
    weights = [service.weights(task.model)] if task.model in service.models else []
    return hashlib.sha256(json.dumps([*weights, task.rows["train"], task.rows[rows]]).encode()).hexdigest()[:16]


class Peak:
    """Most resident memory of the engine process of a job, in MiB, as far as this machine runs it."""

    def __init__(self, job):
        self.job = job
        self.process = None
        self.mib = None

    def look(self, reply):
        if self.process is None and reply["status"] == "running":
            self.process = resident.engine_process(lambda task: self.job in task.get("attemptDirectory", ""))
        if self.process is None:
            return
        try:
            self.mib = round(resident.peak_mib(self.process)) or self.mib
        except OSError:
            pass


def train(service, task, request):
    """What a line of the results says of the training (its end, its curves, its cost), and the job."""
    job = service.call("POST", "/fine_tuning/jobs", request)["id"]
    peak = Peak(job)
    reply = service.ended(f"/fine_tuning/jobs/{job}", peak.look)
    error = (reply.get("error") or {}).get("code")
    if reply["status"] != "succeeded":
        if error not in DIVERGED:
            raise SystemExit(f"{request} ended as {reply['status']}: {reply.get('error')}")
        return {"diverged": error}, reply
    series = service.series(job)
    measured = [row for row in series if task.measure.of(row) is not None]
    valid = [[row["step"], row["valid_beta"], rounded(task.measure.of(row)), rounded(row["valid_mean_token_accuracy"])] for row in measured]
    metrics = [{name: rounded(value) for name, value in row["valid_metrics"].items()} for row in measured[-2:]] if measured[-1]["valid_metrics"] else None
    assert [point[0] for point in valid[-2:]] == [task.steps - 1, task.steps], f"validations of {job} after steps {[point[0] for point in valid]}"
    seconds = statistics.median(row["seconds"] for row in series[len(series) // 10:])
    line = {"diverged": None, "valid": valid, "train": thinned(series), "seconds_per_step": round(seconds, 4), "peak_mib": peak.mib}
    return line | ({"metrics": metrics} if metrics else {}), reply


def rounded(value):
    return None if value is None else float(f"{value:.6g}")


def thinned(series):
    """Mean training loss of equal parts of the training: [last step, loss]."""
    size = max(1, len(series) // CURVE_POINTS)
    parts = [series[begin:begin + size] for begin in range(0, len(series), size)]
    means = [(part[-1]["step"], [row["train_loss"] for row in part if row["train_loss"] is not None]) for part in parts]
    return [[step, rounded(statistics.mean(losses))] for step, losses in means if losses]


def exact_match(service, task, model, rows):
    """Share of the rows that greedy generation answers word for word."""
    evaluation = service.call("POST", "/fine_tuning/evaluations", {
        "model": model, "test_file": service.file(f"{task.name}-{rows}", task.rows[rows]), "max_new_tokens": task.max_new_tokens})["id"]
    return service.succeeded(f"/fine_tuning/evaluations/{evaluation}")["accuracy"]


def merge(service, task, job):
    """What the proof of the merged weights says: their divergence from base and adapter, and where the first choice is the same."""
    kind = "draft" if task.method["type"] == "speculative_draft" else "merged"
    exports = f"/fine_tuning/jobs/{job}/exports"
    proof = service.succeeded(f"{exports}/{service.call('POST', exports, {'kind': kind})['id']}")["proof"]
    return {name: proof[name] for name in ("mean_kl", "top1_agreement")}
