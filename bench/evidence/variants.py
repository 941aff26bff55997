"""The page of all arms of all tasks, and its figures."""
import collections
import math
import pathlib
import statistics

import analysis
import arms
import plot
import study
from wording import difference, filled, label, number, percent, points, table

TEMPLATE = pathlib.Path(__file__).resolve().parent / "variants.md"
FOLDER = "evidence"
# Of the curves: schedules that differ while beta falls.
CURVES = ("lora", "afa-silu", "afa-cosine-0.8", "afa-step-0.5", arms.UNMERGED, arms.FULL)

# The settings that did best, each by itself, all at once.
TOGETHER = "afa-relu-0.6-rslora"
# Whether the paper's form was better than LoRA anywhere, and whether worse.
ANSWERS = {
    (True, False): "On some of these tasks AFA-LoRA helps, and on none it harms.",
    (False, True): "On these tasks AFA-LoRA does not help, and on some it harms.",
    (True, True): "On some of these tasks AFA-LoRA helps, on others it harms.",
    (False, False): "On these tasks AFA-LoRA makes no difference that the seeds show."}


def files(results, comparisons):
    """The page and its figures, by their names in the documents."""
    compared = [each for each in comparisons if each.cells()]
    figures = {}
    parts = {
        "verdict": verdict(compared), "erratic": erratic(compared), "notes": notes(compared), "progress": progress(comparisons), "summary": summary(compared),
        "tasks": table_of_tasks(compared), "arms": table_of_arms(), "machines": machines(results),
        "results": "\n".join(results_of(each, figures) for each in compared), "merge": merge(compared), "rounding": rounding(compared),
        "end": sensitivity(compared), "activations": activations(compared), "alpha": alpha(compared), "together": together(compared),
        "nf4": nf4(compared), "rates": rates(compared)}
    return {f"{FOLDER}/variants.md": filled(TEMPLATE, parts), **{f"{FOLDER}/{name}": svg for name, svg in figures.items()}}


def verdict(compared):
    """The first paragraph: whether AFA-LoRA was better than LoRA, and what its activation and training of all weights brought."""
    found = analysis.outcomes(compared, analysis.PAPER)
    if not any(found.values()):
        return "No comparison is complete yet."
    said = [f"**{ANSWERS[bool(found['better']), bool(found['worse'])]}** As in the paper, with silu and a beta that falls linearly to 0.8 of the steps, it was "
            + counted(found, analysis.pooled(compared, analysis.PAPER), " than LoRA of the same rank") + "."]
    for arm, name, than in ((arms.UNMERGED, "Its activation by itself, kept to the end and so not mergeable,", ""),
                            (arms.FULL, "Training of all weights", " than LoRA of the largest rank")):
        found = analysis.outcomes(compared, arm)
        if any(found.values()):
            said.append(f"{name} was {counted(found, analysis.pooled(compared, arm), than)}.")
            if arm == arms.FULL and not found["better"] and not analysis.outcomes(compared, analysis.PAPER)["better"]:
                said.append("So LoRA left no gap here that an activation could close.")
    return " ".join(said)


def erratic(compared):
    """The tasks that averages leave out."""
    found = [f"`{each.task.name}`" for each in compared if each.is_erratic()]
    return (f"Averages leave out {' and '.join(found)}: the loss of LoRA's own seeds differs there more than {analysis.ERRATIC}-fold, because a training "
            "either finds the rule or does not.") if found else ""


def notes(compared):
    return "".join(f" {each.task.note}" for each in compared if each.task.note)


def summary(compared):
    """The two arms that matter most, against LoRA of the same rank."""
    rows = []
    for each in compared:
        for rank in sorted({rank for arm, rank in each.cells() if arm == analysis.PAPER}):
            row = [each.task.name, str(rank), number(each.measure(analysis.BASELINE, rank)) if each.seeds(analysis.BASELINE, rank) else "–"]
            for arm in (analysis.PAPER, arms.UNMERGED):
                row += [difference(each, each.difference(arm, rank)), points(each.difference(arm, rank, analysis.Comparison.exact)), each.verdict(arm, rank) or "–"]
            rows.append(row)
    return table(["task", "rank", "LoRA", f"`{analysis.PAPER}`", "exact answers", "", f"`{arms.UNMERGED}`", "exact answers", ""], rows)


def progress(planned):
    """How much of the study there is."""
    complete = [len(each.tested(*cell)) >= each.task.seeds_at(cell[1]) for each in planned for cell in arms.cells(each.task)]
    if all(complete):
        return f"All {len(complete)} arms and ranks of all tasks are trained with all their seeds."
    return f"**The study is not finished**: of {len(complete)} arms and ranks of all tasks, {sum(complete)} are trained with all their seeds."


def counted(found, pooled, than=""):
    """better in 1 comparison of 3 (where), worse in 0, level in 2, and the mean difference."""
    total = sum(map(len, found.values()))
    listed = {outcome: f"{len(where)}" + (f" ({', '.join(where)})" if where and outcome != "level" else "") for outcome, where in found.items()}
    return (f"better{than} in {listed['better']} of {total} comparison{'s' if total > 1 else ''}, worse in {listed['worse']} and level in {listed['level']}"
            + (f"; on average over the losses the difference was {percent(pooled)}" if pooled else ""))


def machines(results):
    found = collections.Counter((line["machine"], line["commit"]) for line in results.lines.values())
    return "\n".join(f"- {machine}, commit {commit}: {count} trainings" for (machine, commit), count in sorted(found.items()))


def table_of_arms():
    rows = []
    for arm, settings in arms.ADAPTERS.items():
        schedule = settings.get("schedule")
        falls = "–" if schedule is None else f"{schedule['shape']}, to {schedule['end']:g} of the steps"
        rows.append([f"`{arm}`", settings["activation"], falls, special(arm, settings)])
    return table(["arm", "activation", "beta falls", ""], [*rows, [f"`{arms.FULL}`", "–", "–", "all weights, no adapter"]])


def special(arm, settings):
    if arm in arms.BASE_PRECISIONS:
        return f"base model in 4 bits (`{arms.BASE_PRECISIONS[arm]}`), rate of `{arms.swept(arm)}`"
    if arm in arms.SIGNED:
        return f"{arms.SIGNED_WIDTH} / rank groups of signs, {arms.MOST_GROUPS} at most"
    if settings.get("rslora"):
        return "rank-stabilised scaling"
    return f"alpha {settings['alpha']} x rank" if "alpha" in settings else ""


def table_of_tasks(compared):
    return table(["task", "model", "what is learned", "rows", "steps x rows", "judged by"], [
        [f"`{each.task.name}`", each.task.model, each.task.about, each.task.source or "made from a seed", f"{each.task.steps} x {each.task.batch_size}",
         each.task.measure.title] for each in compared])


def results_of(compared, figures):
    task = compared.task
    rows = []
    for arm, rank in compared.cells():
        is_baseline = arm == analysis.BASELINE
        against = None if is_baseline else compared.difference(arm, rank)
        exact_against = None if is_baseline else compared.difference(arm, rank, analysis.Comparison.exact)
        seconds, peak = compared.least(arm, rank, "seconds_per_step"), compared.mean(arm, rank, "peak_mib")
        closed = compared.gap_closed(arm, rank) if rank else None
        rows.append([
            label(arm, rank), f"{compared.best_rate(arm, rank):.2g}", seeds(compared, arm, rank), number(compared.measure(arm, rank)),
            difference(compared, against), exact(compared, arm, rank), points(exact_against), "–" if closed is None else f"{closed:.0%}",
            *(number(compared.metric(arm, rank, other.name)) for other in task.also), f"{seconds:.3f}", "–" if peak is None else f"{peak:.0f}"])
    figures[f"{task.name}.svg"] = plot.intervals(intervals_of(compared), task.measure.title, logarithmic=task.measure.is_loss)
    head = ["arm", "rate", "seeds", task.measure.title, "against LoRA", "exact answers", "against LoRA", "gap closed",
            *(other.title for other in task.also), "s a step", "MiB"]
    parts = [f"### {task.name}: {task.about}", "", table(head, rows), "", f"![{task.measure.title} by arm]({task.name}.svg)", ""]
    curves = curves_of(compared)
    if curves:
        figures[f"{task.name}-curves.svg"] = curves
        parts += [f"![{task.measure.title} over the steps]({task.name}-curves.svg)", ""]
    return "\n".join(parts)


def intervals_of(compared):
    """Rows of the figure for each rank, LoRA first, then the others from the best."""
    ranks = sorted({rank for _, rank in compared.cells()}, key=lambda rank: rank or math.inf)
    sign = -1 if compared.task.measure.is_higher_better else 1
    groups = []
    for chosen in ranks:
        found = {arm: compared.measure(arm, rank) for arm, rank in compared.cells() if rank == chosen}
        order = sorted(found, key=lambda arm: (arm != analysis.BASELINE, sign * found[arm][0]))
        groups.append([(label(arm, chosen), *found[arm]) for arm in order])
    return groups


def seeds(compared, arm, rank):
    diverged = compared.diverged(arm, rank)
    return f"{len(compared.seeds(arm, rank))}" + (f", {diverged} diverged" if diverged else "")


def exact(compared, arm, rank):
    found = compared.mean(arm, rank, "exact_match")
    return "–" if found is None else f"{found:.1%}"


def curves_of(compared):
    """Validations over the steps, of one seed at the largest rank, with the beta of the default schedule."""
    series = {}
    for arm in CURVES:
        line = compared.seeds(arm, None if arm == arms.FULL else compared.largest_rank()).get(study.CURVE_SEED)
        if line and len(line["valid"]) > 3:
            # Without the step in which the activation is left out at once.
            points = line["valid"][:-1] if arm == arms.UNMERGED else line["valid"]
            series[arm] = [(step, value) for step, _, value, _ in points]
            if arm == analysis.PAPER:
                beta = [(step, beta) for step, beta, _, _ in line["valid"]]
    if analysis.PAPER not in series:
        return None
    series[f"beta of {analysis.PAPER}"] = beta
    return plot.curves(series, "optimizer step", compared.task.measure.title, logarithmic=compared.task.measure.is_loss,
                       dashed=(f"beta of {analysis.PAPER}",))


def merge(compared):
    """What it costs to leave the activation out at once: the last two validations of the arm that keeps it."""
    rows = []
    for each in compared:
        for arm, rank in each.cells():
            if arm == arms.UNMERGED:
                ends = [line["valid"][-1][2] for line in each.seeds(arm, rank).values()]
                left_out = statistics.geometric_mean(ends) if each.task.measure.is_loss else statistics.fmean(ends)
                annealed = each.measure(analysis.PAPER, rank) if each.seeds(analysis.PAPER, rank) else None
                rows.append([each.task.name, str(rank), each.task.measure.title, number(each.measure(arm, rank)), f"{left_out:.3g}", number(annealed)])
    return table(["task", "rank", "measured", "beta 1", "one step later, beta 0", f"`{analysis.PAPER}`, annealed"], rows) if rows else "No training of this arm yet."


def rounding(compared):
    """What the merge into weights of the model's own type costs, of arms whose activation is gone by then."""
    rows = []
    for each in compared:
        for arm, rank in each.cells():
            line = each.seeds(arm, rank).get(study.CURVE_SEED, {})
            if arm in (analysis.BASELINE, analysis.PAPER) and "merge" in line:
                agreement = line["merge"]["top1_agreement"]
                rows.append([each.task.name, label(arm, rank), f"{line['merge']['mean_kl']:.2g}", "–" if agreement is None else f"{agreement:.2%}"])
    return table(["task", "arm", "divergence (KL), nats per token", "same first choice"], rows) if rows else "Not measured yet."


def against_lora(compared, names):
    rows = []
    for each in compared:
        for rank in sorted({rank for arm, rank in each.cells() if arm in names and rank}):
            rows.append([each.task.name, str(rank), *(difference(each, each.difference(arm, rank)) for arm in names)])
    return table(["task", "rank", *(f"`{arm}`" for arm in names)], rows)


def sensitivity(compared):
    return against_lora(compared, ["afa-linear-0.6", "afa-silu", "afa-linear-0.95", "afa-cosine-0.8", "afa-step-0.5"])


def activations(compared):
    return against_lora(compared, ["afa-silu", "afa-relu", "afa-gelu"])


def alpha(compared):
    return against_lora([each for each in compared if "afa-alpha-1" in each.task.arms], ["lora-alpha-1", "lora-alpha-4", "afa-alpha-1", "afa-silu", "afa-alpha-4"])


def nf4(compared):
    """LoRA on a base model in 4 bits against LoRA on the whole one, at the same learning rate."""
    rows = []
    for each in compared:
        for rank in sorted(rank for arm, rank in each.cells() if arm == arms.NF4):
            base, own = ((arm, rank) for arm in (arms.swept(arms.NF4), arms.NF4))
            rows.append([each.task.name, str(rank), number(each.measure(*base)), number(each.measure(*own)), difference(each, each.difference(*own)),
                         points(each.difference(*own, analysis.Comparison.exact))])
    return table(["task", "rank", "LoRA, test loss", "`lora-nf4`", "difference", "exact answers"], rows) if rows else "Not trained yet."


def together(compared):
    """Rank-stabilised scaling with and without annealing, and against each other."""
    rows = []
    for each in compared:
        for arm, rank in each.cells():
            if arm == TOGETHER:
                own, plain = each.difference(arm, rank), each.difference("rslora", rank)
                rows.append([each.task.name, str(rank), difference(each, plain), difference(each, own), difference(each, each.difference(arm, rank, base="rslora"))])
    return table(["task", "rank", "`rslora` against LoRA", f"`{TOGETHER}` against LoRA", "against `rslora`"], rows) if rows else "Not trained yet."


def rates(compared):
    """Sweeps, the best value of each in bold."""
    rows = []
    for each in compared:
        for arm, rank in each.cells():
            if arms.swept(arm) != arm:
                continue
            best = each.best_rate(arm, rank)
            values = [f"{rate:.2g}: " + ("diverged" if value is None else f"{value:.3g}") for rate, value in each.sweep(arm, rank).items()]
            marked = [f"**{text}**" + (" (at the edge)" if each.is_at_edge(arm, rank) else "") if rate == best else text
                      for rate, text in zip(each.sweep(arm, rank), values)]
            rows.append([each.task.name, label(arm, rank), "; ".join(marked)])
    return table(["task", "arm", "rate: measure on the validation rows"], rows)
