"""Tables and intervals as text."""
import math


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def label(arm, rank):
    return arm if rank is None else f"{arm}, rank {rank}"


def number(interval):
    if interval is None:
        return "–"
    mean, low, high = (f"{value:.3g}" for value in interval)
    return mean if interval[1] == interval[2] else f"{mean} ({low} to {high})"


def signed(value):
    return f"{value:+.3g}" if value < 1000 else "over +1,000"


def percent(interval):
    """Of logarithms as per cent more or less."""
    if interval is None:
        return "–"
    mean, low, high = (signed(math.expm1(value) * 100) for value in interval)
    return f"{mean} %" if interval[1] == interval[2] else f"{mean} % ({low} to {high})"


def difference(compared, interval):
    if compared.task.measure.is_loss:
        return percent(interval)
    if interval is None:
        return "–"
    mean, low, high = (f"{value:+.3f}" for value in interval)
    return f"{mean} ({low} to {high})"


def points(interval):
    """Of shares, in percentage points."""
    return "–" if interval is None else "{:+.1f} ({:+.1f} to {:+.1f})".format(*(100 * value for value in interval))


def share(interval):
    return "–" if interval is None else "{:.0%} ({:.0%} to {:.0%})".format(*interval)


def filled(template, parts):
    """The text of a file with each {{name}} replaced."""
    text = template.read_text()
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    return text
