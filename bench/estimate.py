"""Compares the time and memory that a running service estimates for trainings with what they take.

bench/run.sh estimate MODEL [URL] [--steps 8] [--cases 1x256/16 4x256/16 ...]

Needs only Python. MODEL is a model id of the service, which runs on this machine without authentication
(`java -jar target/anneal.jar`) and is otherwise idle. A case is rows per step x tokens per row / adapter rank or, for
reinforcement, prompts per step x completions per prompt x maximum tokens per completion / rank. All estimates are
requested before the first job, and each again before its own job: the second one uses the jobs that have ended
meanwhile. Peak memory is the largest resident size of the engine process (VmHWM), time is from the claim to the end.
Also prints, for each case, where the time before the first step goes, according to the files that the process has
mapped.
"""
import argparse
import json
import pathlib
import tempfile
import time

import resident
from api import Api

CASES = ("1x256/16", "4x256/16", "4x256/64", "8x128/16", "4x1024/16")
FINAL = ("succeeded", "failed", "cancelled")
OUTLOOK_SECONDS = 16  # how old what the service knows of past jobs may be
LIBRARIES = {"libtokenizers.so": "tokenizer", "libtorch_cpu.so": "libtorch", ".safetensors": "weights"}


def parse(case):
    size, rank = case.split("/")
    rows, *group, tokens = map(int, size.split("x"))
    return rows, group, tokens, int(rank)


def upload(api, row, count):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "rows.jsonl")
        file.write_text((json.dumps(row) + "\n") * count)
        return api.upload(file)


def row(case):
    """A row longer than the maximum length, so that it is cut to exactly that; or a prompt whose completions are cut."""
    _, group, tokens, _ = parse(case)
    if group:
        return {"messages": [{"role": "user", "content": "Write a very long story about the sea, in many chapters."}], "answer": "The sea"}
    answer = "one two three four five six seven eight nine ten " * (tokens // 8)
    return {"messages": [{"role": "user", "content": "Count."}, {"role": "assistant", "content": answer}]}


def request(model, file, case, steps):
    rows, group, tokens, rank = parse(case)
    body = {"model": model, "training_file": file, "seed": 1, "afa_lora": {"rank": rank},
            "anneal": {"max_steps": steps, "checkpoint_interval": steps}}
    if not group:
        body["anneal"]["max_length"] = tokens
        return body | {"method": {"type": "supervised", "supervised": {"hyperparameters": {"batch_size": rows}}}}
    grader = {"type": "text_similarity", "name": "likeness", "input": "{{sample.output_text}}", "reference": "{{item.answer}}",
              "evaluation_metric": "fuzzy_match"}
    body["anneal"]["rollouts"] = {"group_size": group[0], "max_completion_tokens": tokens}
    return body | {"method": {"type": "reinforcement", "reinforcement": {"grader": grader, "hyperparameters": {"batch_size": rows}}}}


def estimate(api, body):
    """Waits until the file is counted."""
    while True:
        answer = api.call("POST", "/fine_tuning/estimate", body)
        if answer["complete"]:
            return answer
        time.sleep(1)


class Engine:
    """Observes the engine process that trains, from outside."""

    def __init__(self):
        self.process = None
        self.peak = 0
        self.seen = {}

    def look(self):
        if self.process is None:
            self.process = resident.engine_process(lambda task: task["task"] == "TrainTask")
            self.seen["process"] = time.time()
        try:
            self.peak = max(self.peak, resident.peak_mib(self.process))
            maps = (self.process / "maps").read_text()
        except (OSError, TypeError):
            return
        for library, name in LIBRARIES.items():
            if library in maps:
                self.seen.setdefault(name, time.time())
            elif name in self.seen and name == "weights":
                self.seen.setdefault("loaded", time.time())


def train(api, body):
    """Returns the peak in MiB, the seconds from claim to end, and when each phase was first seen."""
    path = "/fine_tuning/jobs/" + api.call("POST", "/fine_tuning/jobs", body)["id"]
    engine, claimed, job = Engine(), None, {"status": "queued"}
    while job["status"] not in FINAL:
        for _ in range(8):
            engine.look() if claimed else None
            time.sleep(0.02)
        job = api.call("GET", path)
        if claimed is None and job["status"] == "running":
            claimed = time.time()
        if job["anneal"]["step"]:
            engine.seen.setdefault("first step", time.time())
    if job["status"] != "succeeded":
        raise SystemExit(f"the job is {job['status']}: {job['error']}")
    return engine.peak, time.time() - claimed, {"claim": claimed, **engine.seen}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8080")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--cases", nargs="+", default=CASES)
    options = parser.parse_args()
    api = Api(options.url)
    bodies = {case: request(options.model, upload(api, row(case), 64), case, options.steps) for case in options.cases}
    before = {case: estimate(api, body) for case, body in bodies.items()}
    print("rows x tokens / rank   peak MiB, expected: ratio   seconds, expected before all jobs: ratio   expected before this one: ratio")
    phases = {}
    for case, body in bodies.items():
        time.sleep(OUTLOOK_SECONDS)
        now = estimate(api, body)
        peak, seconds, phases[case] = train(api, body)
        expected = before[case]["memory"]["total_bytes"] / 2**20
        print(f"{case:20s}   {peak:6.0f}  {expected:6.0f}: {expected / peak:.2f}   {seconds:6.1f}  {versus(before[case], seconds)}  {versus(now, seconds)}",
              flush=True)
    print("\nseconds from the claim to                 " + "  ".join(f"{case:>10s}" for case in phases))
    for name in ("process", "tokenizer", "libtorch", "weights", "loaded", "first step"):
        times = "  ".join(f"{seen[name] - seen['claim']:10.1f}" if name in seen else " " * 9 + "-" for seen in phases.values())
        print(f"{name:42s}{times}")


def versus(answer, seconds):
    expected, range_ = answer["duration_seconds"], answer["duration_range"]
    if expected is None:
        return f"{'unknown' if range_ is None else '{from_seconds:.1f} to {to_seconds:.1f} by guess'.format(**range_):>28s}"
    return f"{expected:6.1f} by {answer['duration_basis']:12s}: {expected / seconds:.2f}"


if __name__ == "__main__":
    main()
