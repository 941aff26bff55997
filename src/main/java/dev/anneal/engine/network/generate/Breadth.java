package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * How many sequences are decoded at one time. Where memory does not hold them there become fewer, and stay so: first fewer lanes, which changes no bit of
 * an answer, then fewer slots of each. Which sequences are beside each other decides over the last bits of logits, so that answers sampled from then on
 * are others of the same distribution.
 */
public final class Breadth {

    private final Consumer<Breadth> narrowed;
    private final int threads;
    private final Map<Integer, OperatorSharing> sharing = new ConcurrentHashMap<>();
    private int lanes;
    private int slots = DecodingLimits.SLOTS;

    /** @param threads that compute at one time, each on a lane of its own if there are so many */
    public Breadth(int threads) {
        this(threads, ignored -> {});
    }

    /** @param narrowed told by the thread that asks for answers whenever there are to be fewer */
    public Breadth(int threads, Consumer<Breadth> narrowed) {
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
     * Of the operators of a lane, which is decoded by one thread at a time. What it has learnt goes on from one call to the next.
     *
     * @param number of threads for the lane
     */
    OperatorSharing sharing(int lane, int number) {
        return sharing.compute(
                lane,
                (place, known) ->
                        known != null && known.threads() == number ? known : new OperatorSharing(number, true));
    }

    /** Sequences at one time, at most. */
    public int sequences() {
        return lanes * slots;
    }

    /**
     * Half of the lanes, or of their slots where there is one lane, beginning from what so many sequences need.
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
