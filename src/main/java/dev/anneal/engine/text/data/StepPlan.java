package dev.anneal.engine.text.data;

import static dev.anneal.engine.math.random.SplitMix64.GAMMA;
import static dev.anneal.engine.math.random.SplitMix64.mix;

import dev.anneal.engine.math.random.SplitMix64;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of each optimizer step. Each epoch visits every row once, in an order that depends only on seed and epoch, so a
 * resumed job continues at any step without replaying. The last step of an epoch may be smaller. Thread-safe.
 */
public final class StepPlan {

    private final int rows;
    private final int stepRows;
    private final int totalSteps;
    private final long seed;
    private volatile @Nullable Epoch latest;

    /**
     * Plans a job.
     *
     * @param rows rows of the training set, at least 1
     * @param stepRows rows of one optimizer step, at least 1
     * @param totalSteps steps of the whole job, over as many epochs as needed
     */
    public StepPlan(int rows, int stepRows, int totalSteps, long seed) {
        this.rows = positive(rows, "rows");
        this.stepRows = positive(stepRows, "stepRows");
        this.totalSteps = positive(totalSteps, "totalSteps");
        this.seed = seed;
    }

    /** Optimizer steps of one epoch. */
    public static int stepsPerEpoch(int rows, int stepRows) {
        return (positive(rows, "rows") - 1) / positive(stepRows, "stepRows") + 1;
    }

    /** Optimizer steps of the job. */
    public int totalSteps() {
        return totalSteps;
    }

    /** Optimizer steps of one epoch. */
    public int stepsPerEpoch() {
        return stepsPerEpoch(rows, stepRows);
    }

    /** Epoch of a step, from 0. */
    public int epochOf(int step) {
        if (step < 0 || step >= totalSteps) {
            throw new IllegalArgumentException("step %d is not within 0..%d".formatted(step, totalSteps - 1));
        }
        return step / stepsPerEpoch();
    }

    /** Indices of the rows of a step, in order. */
    public int[] rowsOf(int step) {
        int[] order = orderOf(epochOf(step));
        int from = (step % stepsPerEpoch()) * stepRows;
        return Arrays.copyOfRange(order, from, from + Math.min(stepRows, rows - from));
    }

    private int[] orderOf(int epoch) {
        Epoch known = latest;
        if (known == null || known.number != epoch) {
            known = new Epoch(epoch, shuffled(rows, seed, epoch));
            latest = known;
        }
        return known.order;
    }

    /**
     * Fisher and Yates's shuffle of 0..rows-1. Its random numbers are functions of (seed, epoch, counter),
     * {@link SplitMix64#mix} applied to each in turn. The bias is below rows / 2^63: negligible for the possible number
     * of rows.
     */
    private static int[] shuffled(int rows, long seed, long epoch) {
        long key = mix(mix(seed + GAMMA) ^ (epoch * GAMMA));
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            int j = (int) Math.multiplyHigh(mix(key + (i + 1L) * GAMMA) >>> 1, 2L * (i + 1));
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static int positive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1 but is %d".formatted(name, value));
        }
        return value;
    }

    /** The order of one epoch, kept because steps of one epoch follow each other. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Epoch(int number, int[] order) {}
}
