"""The first page: where training of all weights is better than LoRA, what share of that gap the arms close; elsewhere, what they cost."""
import pathlib
import statistics

import analysis
import arms
import intervals
import plot
from analysis import PAPER
from wording import difference, filled, number, percent, share, table

TEMPLATE = pathlib.Path(__file__).resolve().parent / "summary.md"
FIGURE = "evidence/gap.svg"
# What adapters are by default.
BEST = "afa-signs"
NAMES = {
    PAPER: "AFA-LoRA as in the paper", "afa-relu": "the same with relu", "afa-matched-relu": "annealing without the ramp", "rslora": "rank-stabilised LoRA",
    "lora-signs": "LoRA with groups of signs", BEST: "annealing without the ramp, with groups of signs: the default"}
CONTROLS = ("tickets", "composition", "wordnet", "packages", "preference", "sums", "draft")


def files(compared):
    """The page and its figure, by their names in the documents."""
    known = [each for each in compared if each.task.arms == arms.WITH_GAP and each.cells()]
    gaps = [each for each in known if each.has_gap(rank_of(each))]
    controls = [each for each in compared if each.task.name in CONTROLS and each.cells()]
    parts = {
        "answer": answer(gaps, controls), "figure": f"![share of the gap that each arm closes]({FIGURE})" if all_shares(gaps, BEST) else "",
        "gaps": table_of_gaps(gaps), "ranks": table_of_ranks(gaps), "losses": "\n\n".join(map(losses, gaps)), "others": others(known, gaps),
        "controls": table_of_controls(controls), "missing": missing(compared)}
    return {"evidence.md": filled(TEMPLATE, parts), **({FIGURE: figure(gaps)} if all_shares(gaps, BEST) else {})}


def ranks(compared):
    return sorted({rank for arm, rank in compared.cells() if arm == analysis.BASELINE})


def rank_of(compared):
    """Of a task that may have a gap: the one that all its arms are trained with."""
    return compared.task.ranks[0]


def shares(compared, arm, rank):
    """Of the way from LoRA's mean loss to that of all weights, by seed; empty with few seeds."""
    found = intervals.shares(*(compared.values(*cell) for cell in ((analysis.BASELINE, rank), (arms.FULL, None), (arm, rank))))
    return found if len(found) >= analysis.LEAST_PAIRS else []


def all_shares(gaps, arm, rank=None):
    """Of each task, at its own rank or this one; empty if one of them is missing, because means of other tasks do not compare."""
    found = [shares(each, arm, rank or rank_of(each)) for each in gaps]
    return found if all(found) else []


def cost(gaps, arm):
    """Median over the tasks of the time of a step, as a multiple of LoRA's."""
    found = [each.least(arm, rank_of(each), "seconds_per_step") / each.least(analysis.BASELINE, rank_of(each), "seconds_per_step")
             for each in gaps if each.seeds(arm, rank_of(each))]
    return statistics.median(found) if found else None


def answer(gaps, controls):
    if not all_shares(gaps, BEST):
        return "The study has no result yet."
    said = f"**On {len(gaps)} task{'s' if len(gaps) > 1 else ''} of the bundled model, at rank {rank_of(gaps[0])}, where training of all weights is better than LoRA, "
    said += f"the default adapter, AFA-LoRA annealed without the ramp and with groups of signs, closes {share(intervals.mean_of_means(all_shares(gaps, BEST)))} of the gap, with as many "
    said += f"trained values and {cost(gaps, BEST):.2f} times LoRA's time.** "
    rest = [f"{NAMES[arm]} {share(intervals.mean_of_means(all_shares(gaps, arm)))}" for arm in NAMES if arm != BEST and all_shares(gaps, arm)]
    said += f"Shares that others close, with learning rates tuned alike: {'; '.join(rest)}. A negative share is a loss above LoRA's. "
    both = [each for each in controls if all(any(analysis.outcomes([each], arm).values()) for arm in (BEST, PAPER))]
    told = "; ".join(f"{name} {verdicts(both, arm)}" for name, arm in (("the default", BEST), (NAMES[PAPER], PAPER)))
    return said + (f"In {', '.join(f'`{each.task.name}`' for each in both)}, where there is no gap: {told}." if both else "")


def verdicts(controls, arm):
    found = analysis.outcomes(controls, arm)
    mean = analysis.pooled(controls, arm)
    told = f"was better than LoRA in {len(found['better'])} of {sum(map(len, found.values()))} comparisons, worse in {len(found['worse'])}"
    return told + (f", with losses that differ by {percent(mean)} on average" if mean else "")


def table_of_gaps(gaps):
    rows = []
    for arm in [arm for arm in arms.WITH_GAP if arm in NAMES]:
        found = all_shares(gaps, arm)
        if cost(gaps, arm):
            own = [share(intervals.student(each)) if (each := shares(compared, arm, rank_of(compared))) else "–" for compared in gaps]
            rows.append([f"`{arm}`", NAMES[arm], *own, share(intervals.mean_of_means(found) if found else None), f"{cost(gaps, arm):.2f}"])
    return table(["arm", "", *(f"`{each.task.name}`" for each in gaps), "mean", "time"], rows)


def table_of_ranks(gaps):
    """The mean share by rank, of the tasks with a gap at that rank; and the mean losses themselves, by which ranks compare."""
    tried = sorted({rank for each in gaps for rank in ranks(each)})
    rows = []
    for arm in arms.AT_OTHER_RANKS:
        for each in gaps:
            means = [statistics.fmean(values) if (values := each.values(arm, rank).values()) else None for rank in tried]
            rows.append([f"`{each.task.name}`", f"`{arm}`", *("–" if mean is None else f"{mean:.3g}" for mean in means)])
    heads = [str(rank) for rank in tried]
    shared = [[f"`{arm}`", *(share_at(gaps, arm, rank) for rank in tried)] for arm in arms.AT_OTHER_RANKS if arm != analysis.BASELINE]
    return table(["share of the gap at rank", *heads], shared) + "\n\n" + table(["task", "mean test loss at rank", *heads], sorted(rows))


def share_at(gaps, arm, rank):
    with_gap = [each for each in gaps if each.has_gap(rank)]
    found = all_shares(with_gap, arm, rank)
    return f"{share(intervals.mean_of_means(found))}, {len(found)} task{'s' if len(found) > 1 else ''}" if found else "–"


def losses(compared):
    """What the shares of a task are made of."""
    rank = rank_of(compared)
    own = [arm for arm, other in compared.cells() if arm == arms.FULL or other == rank]
    pairs = {arm: compared.pairs(arm, None if arm == arms.FULL else rank) for arm in own if arm != analysis.BASELINE}
    corrected = intervals.holm({arm: intervals.p_value(found) for arm, found in pairs.items() if len(found) > 1})
    rows = []
    for arm in own:
        of = None if arm == arms.FULL else rank
        exact = compared.mean(arm, of, "exact_match")
        rows.append([
            f"`{arm}`", f"{compared.best_rate(arm, of):.2g}", str(len(compared.seeds(arm, of))), number(compared.measure(arm, of)),
            difference(compared, compared.difference(arm, of)) if arm in pairs else "–", f"{corrected[arm]:.2g}" if arm in corrected else "–",
            "–" if exact is None else f"{exact:.1%}"])
    return f"**{compared.task.name}**: {compared.task.about}, rank {rank}\n\n" + table(["arm", "rate", "seeds", compared.task.measure.title, "against LoRA", "p", "exact"], rows)


def others(known, gaps):
    """Tasks on which there was no gap after all."""
    level = [f"`{each.task.name}`" for each in known if each not in gaps and each.verdict(arms.FULL, None)]
    return f"On {' and '.join(level)} all weights were not clearly better, so {'they do' if len(level) > 1 else 'it does'} not count. " if level else ""


def table_of_controls(controls):
    shown = (PAPER, "rslora", "lora-signs", BEST)
    rows = []
    for each in controls:
        for rank in ranks(each):
            found = [f"{difference(each, each.difference(arm, rank))}, {each.verdict(arm, rank)}" if each.verdict(arm, rank) else "–" for arm in shown]
            rows.append([f"`{each.task.name}`", str(rank), each.task.measure.title, number(each.measure(analysis.BASELINE, rank)), *found])
    return table(["task", "rank", "judged by", "LoRA", *(f"`{arm}`" for arm in shown)], rows)


def missing(compared):
    """Arms of these tasks without all of their seeds."""
    said = []
    for each in compared:
        if each.task.arms == arms.WITH_GAP:
            planned = arms.cells(each.task)
            found = {}
            for arm, rank in planned:
                if len(each.seeds(arm, rank)) + each.diverged(arm, rank) < each.task.seeds_at(rank):
                    found.setdefault(arm, []).append(rank)
            if found:
                said.append(f"of `{each.task.name}` " + ", ".join(missing_ranks(arm, own, each.task) for arm, own in found.items()))
    return f"Not trained with all seeds yet: {'; '.join(said)}." if said else "All arms of all tasks with a gap are trained with all their seeds."


def missing_ranks(arm, ranks_of_arm, task):
    """The arm, with ranks where the task has several."""
    return f"`{arm}`" + (f" at rank {' and '.join(map(str, sorted(ranks_of_arm)))}" if task.other_ranks and None not in ranks_of_arm else "")


def figure(gaps):
    groups = []
    for each in gaps:
        found = [(arm, *(100 * value for value in intervals.student(own))) for arm in NAMES if (own := shares(each, arm, rank_of(each)))]
        groups.append([(f"{each.task.name}: lora", 0, 0, 0), *sorted(found, key=lambda row: -row[1])])
    return plot.intervals(groups, "share of the gap between LoRA and all weights that is closed, per cent")
