package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.torch.OperatorThreads;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Decides whether threads share the operators of a lane's steps, by recent timings of both ways. Sharing threads wait
 * for each other some hundred times a step: if other processes need the same cores, that takes several times as long as
 * one thread. Occasionally some steps try the other way. Only for products with identical bits either way, as in bf16.
 * For one thread at a time.
 */
final class OperatorSharing {

    /** Number of compared steps of either way: consecutive ones with equally many tokens. */
    private static final int COMPARED = 2;

    /**
     * Steps from one comparison to the next at first and after a change; each comparison without a change doubles them.
     */
    private static final int SHORTEST_PERIOD = 16;

    private static final int LONGEST_PERIOD = 512;

    /** The other way is chosen if it takes less than this share of the time, so that noise does not switch. */
    private static final double WORTH_IT = 0.9;

    private final int threads;
    private final boolean alternates;
    private final IntConsumer useThreads;
    private final LongSupplier nanoTime;

    private boolean shares = true;
    private int period = SHORTEST_PERIOD;
    private int steps;
    private int comparedRows;
    private boolean comparable;
    private long chosenNanos;
    private long otherNanos;

    /**
     * @param threads that may share, including the lane's own
     * @param alternates whether one thread may compute alone; otherwise all of them always share
     */
    OperatorSharing(int threads, boolean alternates) {
        this(threads, alternates, OperatorThreads::use, System::nanoTime);
    }

    OperatorSharing(int threads, boolean alternates, IntConsumer useThreads, LongSupplier nanoTime) {
        this.threads = threads;
        this.alternates = alternates && threads > 1;
        this.useThreads = useThreads;
        this.nanoTime = nanoTime;
    }

    int threads() {
        return threads;
    }

    /** Sets the number of threads of the calling thread's operators until the next step. */
    void begin() {
        useThreads.accept(shares ? threads : 1);
    }

    /**
     * Whether the next steps are compared with each other, so that they should be alike and their times say nothing
     * else.
     */
    boolean isComparing() {
        return alternates && steps >= period - COMPARED;
    }

    /** @param rows tokens that the step reads */
    void step(int rows, Runnable step) {
        if (!alternates) {
            step.run();
            return;
        }
        boolean isOther = steps >= period;
        useThreads.accept(shares != isOther ? threads : 1);
        long begin = nanoTime.getAsLong();
        step.run();
        note(rows, isOther, nanoTime.getAsLong() - begin);
    }

    private void note(int rows, boolean isOther, long nanos) {
        if (steps == period - COMPARED) {
            comparedRows = rows;
            comparable = true;
            chosenNanos = 0;
            otherNanos = 0;
        }
        comparable &= rows == comparedRows;
        if (isOther) {
            otherNanos += nanos;
        } else {
            chosenNanos += nanos;
        }
        steps++;
        if (steps == period + COMPARED) {
            decide();
            begin();
        }
    }

    private void decide() {
        steps = 0;
        if (!comparable) {
            return;
        }
        if (otherNanos < WORTH_IT * chosenNanos) {
            shares = !shares;
            period = SHORTEST_PERIOD;
        } else {
            period = Math.min(LONGEST_PERIOD, 2 * period);
        }
    }
}
