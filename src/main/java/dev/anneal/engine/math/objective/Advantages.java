package dev.anneal.engine.math.objective;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Advantages of completions from their rewards: the difference from the mean of the group, the completions of one
 * prompt (Shao et al. 2024, as in TRL).
 */
public final class Advantages {

    /** Added to the standard deviation. */
    private static final double EPSILON = 1e-4;

    private Advantages() {}

    /** Divisor of differences from a group's mean. */
    public enum Scale {
        /** Standard deviation of the group. */
        GROUP,
        /** Standard deviation of all rewards of the step. */
        BATCH,
        /** No division (Dr. GRPO). */
        NONE
    }

    /**
     * @param rewards rewards of each group's completions, finite
     * @return the same shape
     */
    public static List<double[]> of(List<double[]> rewards, Scale scale) {
        double all = deviation(rewards.stream().flatMapToDouble(Arrays::stream).toArray());
        List<double[]> advantages = new ArrayList<>();
        for (double[] group : rewards) {
            if (isEven(group)) {
                advantages.add(new double[group.length]);
                continue;
            }
            double mean = mean(group);
            double divisor = switch (scale) {
                case GROUP -> deviation(group) + EPSILON;
                case BATCH -> all + EPSILON;
                case NONE -> 1;
            };
            advantages.add(Arrays.stream(group)
                    .map(reward -> (reward - mean) / divisor)
                    .toArray());
        }
        return advantages;
    }

    /** Whether all rewards are equal, compared exactly because their mean is rounded. */
    public static boolean isEven(double[] rewards) {
        return Arrays.stream(rewards).distinct().count() <= 1;
    }

    /** Sample standard deviation (divisor n - 1). 0 for a single value. */
    public static double deviation(double[] values) {
        if (values.length < 2) {
            return 0;
        }
        double mean = mean(values);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }
}
