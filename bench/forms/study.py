"""Which trainings the study needs: a sweep of learning rates for each arm, by seeds of its own, then the best rate with every seed."""
import dataclasses
import hashlib
import json
import statistics
import time

import study

from . import adapter, arms, train

SWEEP_SEEDS = (101, 102)


class Study:
    def __init__(self, decoder, lines, seeds, deadline):
        self.decoder, self.lines, self.seeds, self.deadline = decoder, lines, seeds, deadline

    def run(self, task, names):
        for name in names:
            for rank in (None,) if name == arms.FULL else task.ranks:
                self.cell(task, name, rank)

    def cell(self, task, name, rank):
        first = arms.FIRST_RATES.get(name, arms.FIRST_RATE)
        best = study.search(
            first, lambda rate: statistics.fmean(self.measured(task, name, rank, rate, SWEEP_SEEDS, "valid")), lambda means: min(means, key=means.get))
        self.measured(task, name, rank, best, self.seeds, "test")

    def measured(self, task, name, rank, rate, seeds, rows):
        """Losses by seed, from the results as far as they are there. Those that are missing are trained at once."""
        wanted = {seed: line_of(task, name, rank, rate, seed, rows) for seed in seeds}
        missing = [seed for seed in seeds if not self.lines.find(wanted[seed])]
        if missing:
            if time.monotonic() > self.deadline:
                raise study.OutOfTime
            begun = time.monotonic()
            trained = train.train(self.decoder, arms.ARMS[name], task, rank, [rate] * len(missing), missing)
            losses = train.measure(self.decoder, trained, task.valid if rows == "valid" else task.test)
            seconds = (time.monotonic() - begun) / len(missing)
            for seed, loss in zip(missing, losses):
                self.lines.add({**wanted[seed], "loss": float(f"{loss:.6g}"), "seconds": round(seconds, 2)})
            print(f"{task.name:12s} {name:16s} rank {rank or '-'} rate {rate:8.2g} {rows}: " + " ".join(f"{loss:.4f}" for loss in losses), flush=True)
        return [self.lines.find(wanted[seed])["loss"] for seed in seeds]


def line_of(task, name, rank, rate, seed, rows):
    """A training, with its settings and a hash of its rows: a line of others is refused."""
    data = hashlib.sha256(json.dumps([task.train, task.valid if rows == "valid" else task.test]).encode()).hexdigest()[:16]
    form = {field: value for field, value in dataclasses.asdict(arms.ARMS[name]).items() if value != getattr(adapter.Form, field)}
    settings = {"form": form, "steps": task.steps, "batch": task.batch, "targets": task.targets and list(task.targets)}
    return {"task": task.name, "arm": name, "rank": rank, "rate": rate, "seed": seed, "rows": rows, "data": data, "settings": settings}
