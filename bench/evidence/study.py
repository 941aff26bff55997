"""Which trainings the study needs: for each arm a sweep of learning rates on the validation rows, then the best one with every seed on the test rows.

A sweep tries five rates, each twice the one before, and goes on beyond an edge for as long as the best rate is there. At one seed all arms and rates see the
same data in the same order, and adapters of one rank begin with the same values.
"""
import concurrent.futures
import functools
import math
import statistics
import time
import urllib.parse

import arms
import training

# The sweeps' own seeds count from here.
SWEEP_SEED = 100
CURVE_SEED = 1
FACTORS = (0.25, 0.5, 1, 2, 4)
# How far a sweep goes on, and the largest rate that a job may have.
FACTOR_LIMITS = (2 ** -7, 2 ** 7)
LARGEST_RATE = 1
# In place of a loss of 0, which has no logarithm.
LEAST_LOSS = 1e-9


class OutOfTime(Exception):
    """The next training would begin after the deadline."""


class Study:
    def __init__(self, service, results, context, deadline, slots):
        self.service = service
        self.results = results
        # Commit and machine, part of each line.
        self.context = context
        # In seconds of time.monotonic().
        self.deadline = deadline
        self.slots = slots

    def run(self, tasks, names, ranks, seeds):
        """Task after task, as many arms at a time as there are slots."""
        for task in tasks:
            with concurrent.futures.ThreadPoolExecutor(self.slots) as pool:
                cells = [pool.submit(self.cell, task, arm, rank, seeds) for arm, rank in arms.cells(task, names, ranks)]
                try:
                    for done in concurrent.futures.as_completed(cells):
                        done.result()
                except BaseException:
                    # The other cells end with the training that they are at.
                    self.deadline = -math.inf
                    raise

    def cell(self, task, arm, rank, seeds):
        rate = self.best_rate(task, arms.swept(arm), rank)
        for seed in seeds[:task.seeds_at(rank)] if rate else ():
            self.line(task, arm, rank, rate, seed, "test")

    def best_rate(self, task, arm, rank):
        return search(task.rates[arm == arms.FULL], lambda rate: self.swept(task, arm, rank, rate), functools.partial(best, task))

    def swept(self, task, arm, rank, rate):
        """Mean measure of a rate in the sweep."""
        return mean_measure(task, [self.line(task, arm, rank, rate, SWEEP_SEED + number, "valid") for number in range(task.sweep_seeds)])

    def line(self, task, arm, rank, rate, seed, rows):
        """The line of a training, from the results if it is there."""
        wanted = {"task": task.name, "arm": arm, "rank": rank, "rate": rate, "seed": seed, "rows": rows, "data": training.data(self.service, task, rows)}
        request = training.body(self.service, task, wanted, curve=rows == "test" and seed == CURVE_SEED)
        wanted["settings"] = {name: value for name, value in request.items() if not name.endswith("_file")}
        found = self.results.find(wanted)
        if found:
            return found
        if time.monotonic() > self.deadline:
            raise OutOfTime
        line = {**wanted, **self.train(task, wanted, request), **self.context}
        self.results.add(line)
        print(summary(line), flush=True)
        return line

    def train(self, task, wanted, request):
        line, job = training.train(self.service, task, request)
        if line["diverged"]:
            return line
        model = job["fine_tuned_model"]
        if wanted["rows"] == "test" and task.max_new_tokens:
            asked = f"{model}:ckpt-step-{task.steps - 1}" if wanted["arm"] == arms.UNMERGED else model
            line["exact_match"] = training.exact_match(self.service, task, asked, "test")
        if wanted["rows"] == "test" and wanted["seed"] == CURVE_SEED and wanted["arm"] not in (arms.UNMERGED, arms.FULL):
            line["merge"] = training.merge(self.service, task, job["id"])
        # Its checkpoints would fill the disk.
        self.service.call("DELETE", f"/models/{urllib.parse.quote(model, safe='')}")
        return line


def search(first, measured, best_of):
    """The best rate of a sweep around the first one.

    `measured(rate)` is the mean measure of a rate, `best_of({rate: measure})` the best rate, or None if all trainings diverged.
    """
    means = {first * factor: measured(first * factor) for factor in FACTORS}
    while True:
        rate = best_of(means)
        beyond = None if rate is None else rate / 2 if rate == min(means) else rate * 2 if rate == max(means) else None
        if beyond is None or not FACTOR_LIMITS[0] <= beyond / first <= FACTOR_LIMITS[1] or beyond > LARGEST_RATE:
            return rate
        means[beyond] = measured(beyond)


def end(line, of="valid"):
    """[step, beta, measure, token accuracy] that counts, or its metrics: of the last validation, or the one before it if beta falls to 0 in between."""
    return line[of][-2 if line["arm"] == arms.UNMERGED else -1]


def best(task, means):
    """The rate with the best mean measure, of equal ones the smallest; None if all trainings diverged."""
    worth = {rate: means[rate] for rate in sorted(means) if means[rate] is not None}
    return (max if task.measure.is_higher_better else min)(worth, key=worth.get) if worth else None


def mean_measure(task, lines):
    """Geometric of losses, otherwise arithmetic; None if a training diverged."""
    if any(line["diverged"] for line in lines):
        return None
    values = [end(line)[2] for line in lines]
    return statistics.geometric_mean(max(value, LEAST_LOSS) for value in values) if task.measure.is_loss else statistics.mean(values)


def summary(line):
    name = f"{line['task']:12s} {line['arm']:16s} rank {line['rank'] or '-':>3} rate {line['rate']:8.2g} seed {line['seed']:3d} on {line['rows']:5s}: "
    if line["diverged"]:
        return name + line["diverged"]
    exact = f", {line['exact_match']:.1%} exact" if "exact_match" in line else ""
    return name + f"{end(line)[2]:.4f}{exact}, {line['seconds_per_step']:.3f} s a step, {line['peak_mib']} MiB"
