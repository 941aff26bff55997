"""Trains on a base whole, shared out over two processes, and in 4 bits, each process in a cgroup with a memory limit.

bench/run.sh limits MODEL LIMIT_MIB [URL] [--forms whole sharded nf4] [--steps 3] [--case 2x64/16]

As root, with Python alone. MODEL is a model id of the service, which runs on this machine without authentication, with
two CPU devices (`java -jar target/anneal.jar --anneal.worker.devices=cpu:0,cpu:1`), and is otherwise idle. Engine processes
are moved into their cgroups when they start, before they load anything. Prints for each form what the estimate expects of
a process, the largest resident size of a process, the most memory that a cgroup was charged with, and how the job went.
"""
import argparse
import pathlib
import time

import estimate
import resident
from api import Api

FORMS = {"whole": {}, "sharded": {"base_placement": "sharded", "devices": 2}, "nf4": {"base_precision": "nf4"}}
PARENT = "anneal-bench"
SECOND = pathlib.Path("/sys/fs/cgroup")
FIRST = SECOND / "memory"


class Limit:
    """Memory cgroups for engine processes, of version 1 or 2."""

    def __init__(self, mebibytes):
        first = (FIRST / "cgroup.procs").exists()
        self.root = (FIRST if first else SECOND) / PARENT
        self.limit = "memory.limit_in_bytes" if first else "memory.max"
        self.most = "memory.max_usage_in_bytes" if first else "memory.peak"
        self.bytes = mebibytes * 2**20
        self.groups = {}
        self.root.mkdir(exist_ok=True)
        if not first:
            (self.root / "cgroup.subtree_control").write_text("+memory")

    def put(self, process):
        group = self.root / process.name
        group.mkdir()
        (group / self.limit).write_text(str(self.bytes))
        (group / "cgroup.procs").write_text(process.name)
        self.groups[process.name] = group

    def used(self):
        """The most that a group has used, in MiB."""
        return max((int((group / self.most).read_text()) / 2**20 for group in self.groups.values()), default=0)

    def remove(self):
        for group in self.groups.values():
            while True:
                try:
                    group.rmdir()
                    break
                except OSError:
                    time.sleep(0.1)


def engines():
    return [process for process in pathlib.Path("/proc").glob("[0-9]*") if (task := resident.task_of(process)) and task["task"] == "TrainTask"]


def train(api, body, mebibytes):
    """The largest resident size of a process and the most memory of a cgroup, in MiB, and how the first attempt went."""
    limit, peak = Limit(mebibytes), 0
    path = "/fine_tuning/jobs/" + api.call("POST", "/fine_tuning/jobs", body)["id"]
    job = api.call("GET", path)
    while job["status"] not in estimate.FINAL and not any(attempt["ended_at"] for attempt in job["anneal"]["attempts"]):
        for _ in range(20):
            for process in engines():
                try:
                    if process.name not in limit.groups:
                        limit.put(process)
                    peak = max(peak, resident.peak_mib(process))
                except OSError:
                    continue  # It has ended.
            time.sleep(0.02)
        job = api.call("GET", path)
    if job["status"] not in estimate.FINAL:
        api.call("POST", path + "/cancel")
    used = limit.used()
    limit.remove()
    attempt = job["anneal"]["attempts"][-1]
    return peak, used, f"{job['status']}, attempt {attempt['number']} ended: {attempt['reason'] or 'done'}, at step {job['anneal']['step']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("limit", type=int, help="MiB")
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8080")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS))
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--case", default="2x64/16", help="rows of a step x tokens of a row / adapter rank")
    options = parser.parse_args()
    api = Api(options.url)
    file = estimate.upload(api, estimate.row(options.case), 64)
    for form in options.forms:
        # A connection that was idle during a long training may be closed.
        api = Api(options.url)
        body = estimate.request(options.model, file, options.case, options.steps)
        body["anneal"] |= FORMS[form]
        memory = estimate.estimate(api, body)["memory"]
        peak, used, result = train(api, body, options.limit)
        print(f"{form:8s} limit {options.limit} MiB; weights {memory['weights_bytes'] / 2**20:.0f}, expected {memory['total_bytes'] / 2**20:.0f},"
              f" resident {peak:.0f}, charged {used:.0f} MiB a process; {result}", flush=True)


if __name__ == "__main__":
    main()
