"""Does annealing help? Trains every arm of the study on every task, over HTTP, and goes on where it was stopped.

    bench/evidence.sh [--tasks tickets parity ...] [--arms lora afa-silu ...] [--ranks 1 4 16] [--seeds 5] [--hours 1] [--smollm2 DIR]

Each training adds a line to FOLDER/evidence/results; then the report, FOLDER/evidence.md, and its figures are written from all lines. FOLDER is docs, whose
results are checked in; --out names another. After --hours no further training begins. --report trains nothing; --check says whether the report is what the
lines give. Needs a JDK and Python. The service is started from target/anneal.jar with its data in target/evidence.
"""
import argparse
import os
import pathlib
import signal
import sys
import time

import arms
import machine
import report
import results
import service
import study
import tasks
from engine import PROJECT


def arguments():
    parser = argparse.ArgumentParser(prog="bench/evidence.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", nargs="+", metavar="TASK")
    parser.add_argument("--arms", nargs="+", choices=arms.ARMS, default=arms.ARMS, metavar="ARM")
    parser.add_argument("--ranks", nargs="+", type=int, choices=arms.ALL_RANKS, default=arms.ALL_RANKS)
    parser.add_argument("--seeds", type=int, default=10, help="at most 5, for parity 10 and on SmolLM2 3")
    parser.add_argument("--hours", type=float, default=float("inf"))
    parser.add_argument("--smollm2", type=pathlib.Path, metavar="DIR", help="SmolLM2-135M-Instruct; without it the tasks on it are left out")
    parser.add_argument("--out", type=pathlib.Path, default=PROJECT / "docs", metavar="FOLDER")
    parser.add_argument("--home", type=pathlib.Path, default=PROJECT / "target/evidence", metavar="FOLDER", help="of the service, which begins with an empty one")
    parser.add_argument("--slots", type=int, default=2, help="trainings at a time")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--check", action="store_true")
    return parser.parse_args()


def train(asked, lines):
    """Trains what was asked for and is not among the lines."""
    deadline = time.monotonic() + asked.hours * 3600
    machine.build()
    models = {tasks.SMOLLM2: asked.smollm2} if asked.smollm2 else {}
    known = {name: task for name, task in tasks.all_tasks().items() if task.model == "anneal-tiny" or task.model in models}
    unknown = set(asked.tasks or ()) - known.keys()
    if unknown:
        sys.exit(f"{', '.join(sorted(unknown))}: no such task; there are {', '.join(known)}" + ("" if models else ", and others with --smollm2 DIR"))
    server = service.Service(asked.home, models, asked.slots)
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: stopped(server))
    try:
        server.start()
        study.Study(server, lines, machine.context(asked.slots), deadline, asked.slots).run(
            [known[name] for name in asked.tasks or known], asked.arms, asked.ranks, range(1, asked.seeds + 1))
    except study.OutOfTime:
        print(f"{asked.hours:g} hours are over; the same command goes on")
    finally:
        server.close()


def check(folder, files, lines):
    """Ends with an error unless the report is what the lines give, and all best rates lie within their sweeps."""
    there = {f"{report.FIGURES}/{file.name}" for file in (folder / report.FIGURES).glob("*.svg")}
    differing = [name for name, text in files.items() if not (folder / name).exists() or (folder / name).read_text() != text]
    differing += sorted(there - files.keys())
    if differing:
        sys.exit(f"{', '.join(differing)} in {folder} are not what the results give; bench/evidence.sh --report writes them")
    if edges := report.at_edges(lines):
        sys.exit(f"the best rate is at the edge of its sweep: {'; '.join(edges)}")


def stopped(server):
    """Ends at once; the trainings that run are lost."""
    print("stopped; the same command goes on", flush=True)
    server.close()
    os._exit(1)


def main():
    asked = arguments()
    lines = results.Results(asked.out / "evidence/results")
    if not (asked.report or asked.check):
        train(asked, lines)
    files = report.files(lines)
    if asked.check:
        check(asked.out, files, lines)
        return
    (asked.out / report.FIGURES).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (asked.out / name).write_text(text)
    print(f"{len(lines.lines)} trainings: {asked.out / 'evidence.md'}")


main()
