"""Means with their 95 % intervals over seeds; the same values give the same interval."""
import functools
import math
import random
import statistics

RESAMPLES = 10_000
# Of Student's t for two-sided 95 %, by degrees of freedom.
STUDENT = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}


def p_value(values):
    """Two-sided, of Student's t for a mean of 0, of at least two values: the density is integrated by Simpson's rule."""
    deviation = statistics.stdev(values)
    if deviation == 0:
        return 1.0
    freedom = len(values) - 1
    t = abs(statistics.fmean(values)) / (deviation / math.sqrt(len(values)))
    peak = math.gamma((freedom + 1) / 2) / math.sqrt(freedom * math.pi) / math.gamma(freedom / 2)
    # Over the angle whose tangent is t / sqrt(freedom), in which the density is a power of the cosine.
    end, pieces = math.atan(t / math.sqrt(freedom)), 1000
    heights = [math.cos(end * piece / pieces) ** (freedom - 1) for piece in range(pieces + 1)]
    inner = heights[0] + heights[-1] + 4 * sum(heights[1::2]) + 2 * sum(heights[2:-1:2])
    return max(0.0, 1 - 2 * peak * math.sqrt(freedom) * inner * end / pieces / 3)


def holm(values):
    """Corrected p-values by name: the smallest times their number, the next times one less, and none below the one before."""
    corrected, least = {}, 0.0
    for place, name in enumerate(sorted(values, key=values.get)):
        least = max(least, min(1.0, values[name] * (len(values) - place)))
        corrected[name] = least
    return corrected


def shares(base, full, own):
    """Of the way from the mean of one arm to that of another, how much a third one goes; by seed, of the seeds that all have. Empty if there is no way."""
    seeds = sorted(base.keys() & full.keys() & own.keys())
    way = statistics.fmean(base[seed] - full[seed] for seed in seeds) if seeds else 0
    return [(base[seed] - own[seed]) / way for seed in seeds] if way > 0 else []


def bootstrap(values):
    """Mean, and the percentile interval of means of values drawn with replacement; of a single value the value thrice."""
    return resampled(tuple(sorted(values)))


@functools.cache
def resampled(values):
    mean = statistics.fmean(values)
    if len(values) < 2:
        return mean, mean, mean
    draw = random.Random(0)
    means = sorted(statistics.fmean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return mean, means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def student(values):
    """Mean and Student's interval of at least two values. A bootstrap of so few is too narrow to judge by."""
    return mean_of_means([values])


def mean_of_means(groups):
    """Mean of the groups' means, each with the same weight and of at least two values, and its interval (degrees of freedom by Welch and Satterthwaite)."""
    mean = statistics.fmean(map(statistics.fmean, groups))
    variances = [statistics.variance(values) / len(values) for values in groups]
    total = sum(variances)
    if total == 0:
        return mean, mean, mean
    freedom = int(total ** 2 / sum(variance ** 2 / (len(values) - 1) for variance, values in zip(variances, groups)) + 1e-9)
    half = STUDENT.get(freedom, 1.96 + 2.6 / freedom) * math.sqrt(total) / len(groups)
    return mean, mean - half, mean + half
