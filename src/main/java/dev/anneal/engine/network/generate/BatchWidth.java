package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * How many sequences are decoded at one time. If memory does not hold them, there are fewer from then on: first fewer lanes, which changes no bit of an
 * answer, then fewer slots of each lane. The last bits of logits depend on which sequences share a lane, so answers sampled afterwards are others of the
 * same distribution.
 */
public final class BatchWidth {

    private final Consumer<BatchWidth> narrowed;
    private final int threads;
    private final Map<Integer, OperatorSharing> sharing = new ConcurrentHashMap<>();
    private int lanes;
    private int slots = DecodingLimits.SLOTS;

    /** @param threads that compute at one time, each on a lane of its own if there are enough */
    public BatchWidth(int threads) {
        this(threads, ignored -> {});
    }

    /** @param narrowed called by the thread that asks for answers whenever there are fewer */
    public BatchWidth(int threads, Consumer<BatchWidth> narrowed) {
        this.threads = threads;
        this.lanes = threads;
        this.narrowed = narrowed;
    }

    int threads() {
        return threads;
    }

    /** Lanes that are decoded at one time. */
    int lanes() {
        return lanes;
    }

    /** Sequences that a lane decodes at one time. */
    int slots() {
        return slots;
    }

    /**
     * How the operators of a lane, which one thread decodes at a time, are shared. It keeps its measurements from one call to the next.
     *
     * @param number of threads for the lane
     */
    OperatorSharing sharing(int lane, int number) {
        return sharing.compute(
                lane,
                (place, known) ->
                        known != null && known.threads() == number ? known : new OperatorSharing(number, true));
    }

    /** The most sequences that are decoded at one time. */
    public int sequences() {
        return lanes * slots;
    }

    /**
     * Halves the lanes, or the slots if there is one lane, beginning from what this number of sequences needs.
     *
     * @return false if it was a single sequence that did not fit
     */
    boolean narrow(int sequences, DecodingLimits limits) {
        lanes = Math.min(lanes, limits.lanes(sequences));
        slots = Math.min(slots, limits.slots(sequences));
        if (sequences() <= 1) {
            return false;
        }
        if (lanes > 1) {
            lanes /= 2;
        } else {
            slots /= 2;
        }
        narrowed.accept(this);
        return true;
    }
}
