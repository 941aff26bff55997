"""Which trainings the study needs: a sweep of learning rates for each arm, by seeds of its own, then the best rate with every seed."""
import statistics
import time

from . import arms
from . import results
from . import train

SWEEP_SEEDS = (101, 102)
FACTORS = (0.25, 0.5, 1, 2, 4)
# How far a sweep goes on beyond its edges.
LIMITS = (2 ** -6, 2 ** 6)


class Study:
    def __init__(self, decoder, lines, context, seeds, deadline):
        self.decoder, self.lines, self.context, self.seeds, self.deadline = decoder, lines, context, seeds, deadline

    def run(self, task, names):
        for name in names:
            for rank in (None,) if name == arms.FULL else task.ranks:
                self.cell(task, name, rank)

    def cell(self, task, name, rank):
        first = arms.FIRST_RATES.get(name, arms.FIRST_RATE)
        tried = {}
        wanted = [first * factor for factor in FACTORS]
        while wanted:
            for rate in wanted:
                tried[rate] = statistics.fmean(self.measured(task, name, rank, rate, SWEEP_SEEDS, "valid"))
            best = min(tried, key=tried.get)
            beyond = best / 2 if best == min(tried) else best * 2 if best == max(tried) else None
            wanted = [beyond] if beyond and LIMITS[0] <= beyond / first <= LIMITS[1] else []
        self.measured(task, name, rank, best, self.seeds, "test")

    def measured(self, task, name, rank, rate, seeds, rows):
        """Losses by seed, from the results as far as they are there. Those that are missing are trained at once."""
        missing = [seed for seed in seeds if not self.lines.find(task.name, name, rank, rate, seed, rows)]
        if missing:
            if time.monotonic() > self.deadline:
                raise results.OutOfTime
            begun = time.monotonic()
            adapter = train.train(self.decoder, arms.ARMS[name], task, rank, [rate] * len(missing), missing)
            losses = train.measure(self.decoder, adapter, task.valid if rows == "valid" else task.test)
            seconds = (time.monotonic() - begun) / len(missing)
            for seed, loss in zip(missing, losses):
                self.lines.add({"task": task.name, "arm": name, "rank": rank, "rate": rate, "seed": seed, "rows": rows, "loss": float(f"{loss:.6g}"),
                                "seconds": round(seconds, 2), **self.context})
            print(f"{task.name:12s} {name:16s} rank {rank or '-'} rate {rate:8.2g} {rows}: " + " ".join(f"{loss:.4f}" for loss in losses), flush=True)
        return [self.lines.find(task.name, name, rank, rate, seed, rows)["loss"] for seed in seeds]
