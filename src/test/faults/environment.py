"""Three workers on forty short jobs, one of them broken; and all of them while the artifact store is away. No job fails, and each says what it waits for."""

import collections
import os
import sys
import time

from installation import FINAL, Installation, health, meter

JOBS = int(os.environ.get("FAULTS_JOBS", "40"))
PATIENCE_SECONDS = 1800


def statuses(jobs):
    return collections.Counter(job["status"] for job in jobs.values())


def require(condition, message):
    if not condition:
        raise AssertionError(message)


def finish(installation, ids, good):
    """Waits for the end of all jobs; returns how long each good worker was idle at a stretch while work was due, at most."""
    idle_since = dict.fromkeys(good)
    longest = dict.fromkeys(good, 0.0)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        jobs = installation.jobs(ids)
        if all(job["status"] in FINAL for job in jobs.values()):
            return jobs, longest
        require(time.monotonic() < deadline, f"jobs have not ended: {statuses(jobs)}")
        is_due = any(job["status"] == "queued" and job["anneal"]["waiting_for"] is None for job in jobs.values())
        for worker in good:
            if is_due and meter(worker, "anneal_worker_busy") == 0:
                idle_since[worker] = idle_since[worker] or time.monotonic()
                longest[worker] = max(longest[worker], time.monotonic() - idle_since[worker])
            else:
                idle_since[worker] = None
        time.sleep(0.2)


def report(name, jobs, longest, broken, seconds):
    attempts = sum(len(job["anneal"]["attempts"]) for job in jobs.values())
    ended = collections.Counter(
        attempt["reason"] for job in jobs.values() for attempt in job["anneal"]["attempts"])
    print(f"{name}: {dict(statuses(jobs))} after {seconds:.0f} s in {attempts} attempts {dict(ended)}; good workers idle for "
          f"{', '.join(f'{idle:.1f}' for idle in longest.values())} s at most while work was due; meter of the broken one "
          f"{meter(broken, 'anneal_worker_fault')}, its health {health(broken)['status']}", flush=True)
    require(statuses(jobs) == {"succeeded": len(jobs)}, "not all jobs have succeeded")
    require(all(idle < 3 for idle in longest.values()), "a good worker was idle while work was due")


def one_broken(installation, name, broken, good, model):
    file = installation.upload(24)
    begin = time.monotonic()
    ids = {installation.job(file, model, 4) for _ in range(JOBS)}
    jobs, longest = finish(installation, ids, good)
    report(name, jobs, longest, broken, time.monotonic() - begin)


def models(installation):
    """The folder of models of one worker is missing."""
    broken = installation.worker("without-models", **{"anneal.models.dir": installation.folder / "missing"})
    good = [installation.worker(f"good-{number}") for number in (1, 2)]
    one_broken(installation, "models", broken, good, "local/tiny")
    for worker in [broken, *good]:
        worker.stop()


def bare(installation):
    """The store of one worker becomes an empty folder, as where a disk is unmounted; and a worker that is started on one does not start."""
    mount = installation.folder / "mount"
    mount.mkdir()
    refused = installation.start("worker", "refused", **{"anneal.storage.directory": mount})
    require(refused.process.wait(120) == 1, "a worker has started on an empty folder")
    require("is not there" in refused.log.read_text(), refused.log.read_text())
    for left in mount.iterdir():
        left.rmdir()
    mount.rmdir()
    mount.symlink_to(installation.store)
    broken = installation.worker("bare", **{"anneal.storage.directory": mount})
    mount.unlink()
    mount.mkdir()
    good = [installation.worker(f"good-{number}") for number in (3, 4)]
    one_broken(installation, "bare", broken, good, "anneal-tiny")
    require(not any(mount.iterdir()), f"something was written into the bare mount point: {list(mount.iterdir())}")
    for worker in [broken, *good]:
        worker.stop()


def outage(installation, seconds):
    """The store is away from all workers while jobs run and wait."""
    workers = [installation.worker(f"worker-{number}") for number in (1, 2, 3)]
    file = installation.upload(24)
    ids = {installation.job(file, "anneal-tiny", 60 if number < 6 else 4, checkpoint_interval=2) for number in range(JOBS)}
    while statuses(installation.jobs(ids))["running"] < 3:
        time.sleep(0.5)
    time.sleep(5)
    away = installation.folder / "store.away"
    installation.store.rename(away)
    installation.store.mkdir()
    begin = time.monotonic()
    said = {}
    while time.monotonic() - begin < seconds:
        jobs = installation.jobs(ids)
        require(not statuses(jobs)["failed"], f"jobs have failed: {statuses(jobs)}")
        said.update({id: job["anneal"]["waiting_for"] for id, job in jobs.items() if job["anneal"]["waiting_for"]})
        time.sleep(2)
    jobs = installation.jobs(ids)
    silent = [id for id, job in jobs.items() if job["status"] not in FINAL and job["anneal"]["waiting_for"] is None]
    untold = [id for id in said if not any(
        event["message"].startswith("The job waits") for event in installation.call(f"/fine_tuning/jobs/{id}/events?limit=100")["data"])]
    written = [path for path in installation.store.rglob("*")]
    print(f"outage: after {seconds} s {dict(statuses(jobs))}; {len(said)} jobs said what they wait for: "
          f"{collections.Counter(wait['message'] for wait in said.values())}; {len(silent)} of those that have not ended say nothing, "
          f"{len(untold)} have no event of it; {len(written)} files in the bare folder; workers' health "
          f"{[health(worker)['status'] for worker in workers]}", flush=True)
    require(not silent and not untold, f"jobs say nothing: {silent} {untold}")
    require(not written, f"something was written into the bare mount point: {written}")
    installation.store.rmdir()
    away.rename(installation.store)
    back = time.monotonic()
    jobs, longest = finish(installation, ids, [])
    ended = collections.Counter(attempt["reason"] for job in jobs.values() for attempt in job["anneal"]["attempts"])
    print(f"outage: {dict(statuses(jobs))} {time.monotonic() - back:.0f} s after the store was back; attempts {dict(ended)}", flush=True)
    require(statuses(jobs) == {"succeeded": len(jobs)}, "not all jobs have succeeded")
    for worker in workers:
        worker.stop()


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    scenarios = sys.argv[2:] or ["models", "bare", "outage"]
    installation = Installation()
    try:
        for scenario in scenarios:
            {"models": models, "bare": bare, "outage": lambda each: outage(each, seconds)}[scenario](installation)
    except BaseException:
        if "FAULTS_KEEP" in os.environ:
            print(f"the logs are in {installation.folder}", flush=True)
            for service in installation.services:
                service.stop()
            raise
        installation.close()
        raise
    installation.close()


main()
