package dev.anneal.service.training.settings;

import dev.anneal.protocol.TrainingSettings;

/**
 * How a step is divided among devices. Its rows are dealt to portions with about equal numbers of tokens; in each round
 * every device computes a portion.
 *
 * @param rows number of rows, packed sequences, pairs or prompts of a step
 * @param portions number of portions with rows
 */
record StepSplit(int rows, int devices, int portions) {

    static StepSplit of(TrainingSettings training, int rows, int devices) {
        boolean ordered = training.reproducible().equals(TrainingSettings.ANY_DEVICES);
        return new StepSplit(rows, devices, Math.min(rows, ordered ? TrainingSettings.ORDERED_PORTIONS : devices));
    }

    /** Number of portions that a device computes one after the other. */
    int rounds() {
        return ceilDivide(portions, devices);
    }

    /** The share of a step's rows after which it ends: of each round, those of its largest portion. */
    double shareOfPasses() {
        return (rounds() * (rows / portions) + ceilDivide(rows % portions, devices)) / (double) rows;
    }

    /** The share of the device that has the most rows. */
    double largestShare() {
        return ceilDivide(rows, devices) / (double) rows;
    }

    private static int ceilDivide(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
