"""Means with their 95 % intervals over seeds; the same values give the same interval."""
import functools
import math
import random
import statistics

RESAMPLES = 10_000
# Of Student's t for two-sided 95 %, by degrees of freedom.
STUDENT = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}


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
