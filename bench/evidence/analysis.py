"""What the lines of the results say of arms: best rates, results of the seeds, differences to LoRA."""
import math
import statistics

import arms
import intervals
import study

BASELINE = "lora"
DEFAULT = "afa-silu"


class Comparison:
    """The arms of one task."""

    def __init__(self, task, lines):
        self.task = task
        self.lines = [line for line in lines if line["task"] == task.name]

    def cells(self):
        """Arms and ranks with results on the test rows."""
        return [cell for cell in arms.cells(self.task) if self.seeds(*cell)]

    def sweep(self, arm, rank):
        """Mean measure by rate, from the smallest rate; None where a training diverged."""
        found = {}
        for line in self.of(arm, rank, "valid"):
            found.setdefault(line["rate"], []).append(line)
        return {rate: study.mean_measure(self.task, found[rate]) for rate in sorted(found)}

    def best_rate(self, arm, rank):
        return study.best(self.task, self.sweep(arm, rank))

    def seeds(self, arm, rank):
        """Lines on the test rows with the best rate, by seed."""
        best = self.best_rate(arm, rank)
        return {line["seed"]: line for line in self.of(arm, rank, "test") if line["rate"] == best and not line["diverged"]}

    def of(self, arm, rank, rows):
        return [line for line in self.lines if (line["arm"], line["rank"], line["rows"]) == (arm, rank, rows)]

    def values(self, arm, rank):
        """Measure by seed."""
        return {seed: study.end(line)[2] for seed, line in self.seeds(arm, rank).items()}

    def largest_rank(self):
        return max((rank for arm, rank in self.cells() if arm == BASELINE), default=None)

    def measure(self, arm, rank):
        """Interval of the measure, of losses around the geometric mean."""
        if not self.task.measure.is_loss:
            return intervals.interval(self.values(arm, rank).values())
        return tuple(map(math.exp, intervals.interval(self.scaled(arm, rank).values())))

    def mean(self, arm, rank, name):
        """Of another key of the lines; None if it is missing in one."""
        values = [line.get(name) for line in self.seeds(arm, rank).values()]
        return None if not values or None in values else statistics.mean(values)

    def scaled(self, arm, rank):
        """By seed what differences are made of: the logarithms of losses, or other measures themselves."""
        values = self.values(arm, rank)
        return {seed: math.log(max(value, study.LEAST_LOSS)) for seed, value in values.items()} if self.task.measure.is_loss else values

    def difference(self, arm, rank, other=BASELINE, other_rank=None):
        """Interval of the paired differences of the seeds, of what `scaled` gives; None without pairs."""
        left, right = self.scaled(arm, rank), self.scaled(other, other_rank or rank)
        return intervals.paired(left, right) if left.keys() & right.keys() else None

    def verdict(self, arm, rank, largest_rank):
        """better than LoRA, worse or level: whether the interval of the difference contains 0. None without pairs of at least two seeds."""
        found = self.difference(arm, rank, other_rank=rank or largest_rank)
        if found is None or found[1] == found[2]:
            return None
        _, low, high = found
        if low <= 0 <= high:
            return "level"
        return "better" if (low > 0) == self.task.measure.is_higher_better else "worse"

    def gap_closed(self, arm, rank):
        """Share of the way from LoRA to full fine-tuning; None unless the latter is the better one."""
        full, own = self.difference(arms.FULL, None, other_rank=rank), self.difference(arm, rank)
        if arm == BASELINE or full is None or own is None or full[0] == 0 or (full[0] > 0) != self.task.measure.is_higher_better:
            return None
        return own[0] / full[0]
