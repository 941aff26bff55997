"""Which forms of an adapter learn best: a prototype of the engine's, in PyTorch, on anneal-tiny.

    bench/forms.sh [--tasks facts ...] [--arms lora ...] [--seeds 5] [--hours 1] [--report]

Each training adds a line to docs/evidence/forms, and what is there is not trained again; docs/evidence/forms.md is written from all lines.
"""
import argparse
import pathlib
import time

import results
import torch
from engine import PROJECT
from study import OutOfTime

from . import arms, report, study, tasks
from .decoder import Decoder

MODEL = PROJECT / "src/main/resources/models/anneal-tiny"


def main():
    parser = argparse.ArgumentParser(prog="bench/forms.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", nargs="+")
    parser.add_argument("--arms", nargs="+", choices=arms.ARMS, default=list(arms.ARMS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--hours", type=float, default=float("inf"))
    parser.add_argument("--threads", type=int)
    parser.add_argument("--out", type=pathlib.Path, default=PROJECT / "docs/evidence")
    parser.add_argument("--report", action="store_true")
    asked = parser.parse_args()
    if asked.threads:
        torch.set_num_threads(asked.threads)
    lines = results.Results(asked.out / "forms")
    if not asked.report:
        known = tasks.all_tasks(MODEL)
        run = study.Study(Decoder(MODEL), lines, range(1, asked.seeds + 1), time.monotonic() + asked.hours * 3600)
        try:
            for name in asked.tasks or known:
                run.run(known[name], asked.arms)
        except OutOfTime:
            print("the time is over; the same command goes on")
    (asked.out / "forms.md").write_text(report.text(lines))


main()
