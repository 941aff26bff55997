"""Means with 95 % bootstrap intervals; the same values give the same interval."""
import random
import statistics

RESAMPLES = 10_000


def interval(values):
    """Mean, and the percentile interval of the mean of samples drawn with replacement; of a single value the value thrice."""
    values = list(values)
    mean = statistics.mean(values)
    if len(values) < 2:
        return mean, mean, mean
    draw = random.Random(0)
    means = sorted(statistics.mean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return mean, means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def paired(values, others):
    """Interval of the differences of values and others of the same seed, which both are maps from."""
    seeds = sorted(values.keys() & others.keys())
    return interval([values[seed] - others[seed] for seed in seeds])
