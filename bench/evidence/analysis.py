"""What the lines of the results say of arms: best rates, results of the seeds, differences to LoRA."""
import math
import statistics

import arms
import intervals
import study

BASELINE = "lora"
PAPER = "afa-silu"
# Seeds below which no arm is called better or worse.
LEAST_PAIRS = 3
# Between the losses of LoRA's own seeds, from which on a task is a matter of luck.
ERRATIC = 10


def pooled(compared, arm):
    """Mean difference to LoRA over all comparisons of losses that are no matter of luck, each with the same weight, and its interval; None without one."""
    groups = [each.pairs(own, rank) for each in compared if each.task.measure.is_loss and not each.is_erratic() for own, rank in each.cells() if own == arm]
    groups = [pairs for pairs in groups if len(pairs) >= LEAST_PAIRS]
    return intervals.mean_of_means(groups) if groups else None


def outcomes(compared, arm):
    """Where the arm was better than LoRA, worse, and level."""
    found = {"better": [], "worse": [], "level": []}
    for each in compared:
        for own, rank in each.cells():
            if own == arm and (outcome := each.verdict(arm, rank)):
                found[outcome].append(each.task.name if rank is None else f"{each.task.name} at rank {rank}")
    return found


class Comparison:
    """The arms of one task."""

    def __init__(self, task, lines):
        self.task = task
        self.lines = [line for line in lines if line["task"] == task.name]

    def cells(self):
        """Arms and ranks with results on the test rows."""
        return [cell for cell in arms.cells(self.task) if self.seeds(*cell)]

    def is_erratic(self):
        """Whether trainings of LoRA that differ by the seed alone end far apart: either they find the rule or they do not."""
        ends = [self.values(arm, rank).values() for arm, rank in self.cells() if arm == BASELINE]
        return self.task.measure.is_loss and any(max(values) > ERRATIC * min(values) for values in ends)

    def largest_rank(self):
        """Of LoRA with all seeds, with which all weights are compared."""
        return max((rank for arm, rank in self.cells() if arm == BASELINE and rank not in self.task.other_ranks), default=None)

    def of(self, arm, rank, rows):
        return [line for line in self.lines if (line["arm"], line["rank"], line["rows"]) == (arm, rank, rows)]

    def sweep(self, arm, rank):
        """Mean measure by rate, from the smallest rate; None where a training diverged."""
        found = {}
        for line in self.of(arm, rank, "valid"):
            found.setdefault(line["rate"], []).append(line)
        return {rate: study.mean_measure(self.task, found[rate]) for rate in sorted(found)}

    def best_rate(self, arm, rank):
        return study.best(self.task, self.sweep(arms.swept(arm), rank))

    def is_at_edge(self, arm, rank):
        """Whether a rate outside of the sweep may be better than its best one."""
        tried = list(self.sweep(arm, rank))
        return bool(tried) and self.best_rate(arm, rank) in (tried[0], tried[-1])

    def tested(self, arm, rank):
        return [line for line in self.of(arm, rank, "test") if line["rate"] == self.best_rate(arm, rank)]

    def seeds(self, arm, rank):
        """Lines on the test rows with the best rate, by seed."""
        return {line["seed"]: line for line in self.tested(arm, rank) if not line["diverged"]}

    def diverged(self, arm, rank):
        """How many seeds diverged at the best rate."""
        return sum(line["diverged"] is not None for line in self.tested(arm, rank))

    def values(self, arm, rank):
        """Measure by seed."""
        return {seed: study.end(line)[2] for seed, line in self.seeds(arm, rank).items()}

    def scaled(self, arm, rank):
        """By seed what differences are made of: the logarithms of losses, or other measures themselves."""
        values = self.values(arm, rank)
        return {seed: math.log(max(value, study.LEAST_LOSS)) for seed, value in values.items()} if self.task.measure.is_loss else values

    def exact(self, arm, rank):
        """Share of exact answers by seed; empty where none are compared."""
        return {seed: line["exact_match"] for seed, line in self.seeds(arm, rank).items() if "exact_match" in line}

    def metric(self, arm, rank, name):
        """Interval of another metric than the measure."""
        return intervals.bootstrap(study.end(line, "metrics")[name] for line in self.seeds(arm, rank).values())

    def measure(self, arm, rank):
        """Interval of the measure, of losses around the geometric mean."""
        interval = intervals.bootstrap(self.scaled(arm, rank).values())
        return tuple(map(math.exp, interval)) if self.task.measure.is_loss else interval

    def least(self, arm, rank, name):
        """Of a key of all lines, for what other work on the machine can only add to."""
        return min(line[name] for line in self.lines if (line["arm"], line["rank"]) == (arm, rank))

    def mean(self, arm, rank, name):
        """Of a key of the lines; None if it is missing in one."""
        values = [line.get(name) for line in self.seeds(arm, rank).values()]
        return None if not values or None in values else statistics.fmean(values)

    def difference(self, arm, rank, of=scaled, base=BASELINE):
        """Student's interval of the paired differences to LoRA of the same rank, for all weights of the largest; None without two pairs."""
        found = self.pairs(arm, rank, of, base)
        return intervals.student(found) if len(found) > 1 else None

    def pairs(self, arm, rank, of=scaled, base=BASELINE):
        """Differences to LoRA, one for each seed that both have."""
        own, others = of(self, arm, rank), of(self, base, rank or self.largest_rank())
        return [own[seed] - others[seed] for seed in sorted(own.keys() & others.keys())]

    def has_gap(self, rank):
        """Whether all weights are clearly better than LoRA of this rank, and diverge no more often."""
        if self.diverged(arms.FULL, None) > self.diverged(BASELINE, rank):
            return False
        full, base = self.scaled(arms.FULL, None), self.scaled(BASELINE, rank)
        return self.outcome([full[seed] - base[seed] for seed in sorted(full.keys() & base.keys())]) == "better"

    def verdict(self, arm, rank):
        """better than LoRA, worse or level: whether Student's interval of the paired differences contains 0. None with few pairs."""
        if self.diverged(arm, rank) > self.diverged(BASELINE, rank or self.largest_rank()):
            return "worse"
        return self.outcome(self.pairs(arm, rank))

    def outcome(self, found):
        """Of differences, as `verdict` says."""
        if len(found) < LEAST_PAIRS:
            return None
        _, low, high = intervals.student(found)
        if low <= 0 <= high:
            return "level"
        return "better" if (low > 0) == self.task.measure.is_higher_better else "worse"

    def gap_closed(self, arm, rank):
        """Share of the way from LoRA of this rank to full fine-tuning, in means of what differences are made of; None unless the latter is clearly better."""
        base, full, own = (self.scaled(*cell) for cell in ((BASELINE, rank), (arms.FULL, None), (arm, rank)))
        seeds = sorted(base.keys() & full.keys() & own.keys())
        way = [full[seed] - base[seed] for seed in seeds]
        if arm == BASELINE or self.outcome(way) != "better":
            return None
        return statistics.fmean(own[seed] - base[seed] for seed in seeds) / statistics.fmean(way)
