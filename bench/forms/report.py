"""The report from the lines of the results. The same lines give the same text."""
import math
import statistics

import intervals
from wording import percent, share, table

from . import arms

SEEDS = 5


def text(lines):
    tasks = dict.fromkeys(line["task"] for line in lines.lines.values())
    sections = [section(task, [line for line in lines.lines.values() if line["task"] == task]) for task in tasks]
    return "\n\n".join(["# Forms of an adapter: the prototype's results", HEAD, *sections]) + "\n"


HEAD = """Written by `bench/forms.sh` from the lines in [forms](forms), one for each training; how it was planned is in
[PLAN.md](../../bench/forms/PLAN.md). Losses are means over five seeds; differences to LoRA of the same rank are paired by seed, with Student's 95 % intervals;
p is corrected by Holm's procedure over the arms of a task and rank. The share of the gap is that of the way from LoRA to all weights."""


def section(task, lines):
    full = tested(lines, arms.FULL, None)
    parts = [f"## {task}"]
    for rank in sorted({line["rank"] for line in lines if line["rank"]}):
        base = tested(lines, arms.LORA, rank)
        own = {name: full if name == arms.FULL else tested(lines, name, rank) for name in arms.ARMS}
        own = {name: losses for name, losses in own.items() if len(losses) == SEEDS}
        if len(base) < SEEDS:
            continue
        differences = {name: [math.log(losses[seed] / base[seed]) for seed in sorted(base)] for name, losses in own.items() if name != arms.LORA}
        corrected = intervals.holm({name: intervals.p_value(found) for name, found in differences.items()})
        parts.append(f"Rank {rank}: " + gap(differences.get(arms.FULL)))
        parts.append(table(["arm", "rate", "loss", "against LoRA", "p", "share of the gap"], [
            [f"`{name}`", f"{rate(lines, name, rank):.2g}", f"{statistics.fmean(losses.values()):.4g}",
             *([percent(intervals.student(differences[name])), f"{corrected[name]:.2g}", share(intervals.student(intervals.shares(base, full, losses)) if len(full) == SEEDS else None)] if name in differences else ["–"] * 3)]
            for name, losses in own.items()]))
    return "\n\n".join(parts)


def tested(lines, arm, rank):
    """Losses on the test rows by seed."""
    return {line["seed"]: line["loss"] for line in lines if (line["arm"], line["rank"], line["rows"]) == (arm, None if arm == arms.FULL else rank, "test")}


def rate(lines, arm, rank):
    return next(line["rate"] for line in lines if (line["arm"], line["rank"], line["rows"]) == (arm, None if arm == arms.FULL else rank, "test"))


def gap(differences):
    if differences is None:
        return "all weights are not trained yet."
    low, high = intervals.student(differences)[1:]
    return "there is a gap to all weights." if high < 0 else "no gap to all weights is shown."
