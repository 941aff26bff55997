package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Number of sequences decoded at a time. If memory is insufficient, it is reduced permanently: first the lanes, which
 * changes no bit of an answer, then the slots of each lane. In fp32 the last bits of logits depend on which sequences
 * share a lane, so later samples differ but have the same distribution.
 */
public final class BatchWidth {

    private final Consumer<BatchWidth> narrowed;
    private final int threads;
    private final Map<Integer, OperatorSharing> sharing = new ConcurrentHashMap<>();
    private final Map<Integer, DraftLength> draftLengths = new ConcurrentHashMap<>();
    private int lanes;
    private int slots = DecodingLimits.SLOTS;

    /**
     * @param threads number of threads that compute at a time, each on its own lane if there are enough
     */
    public BatchWidth(int threads) {
        this(threads, ignored -> {});
    }

    /**
     * @param narrowed called by the requesting thread after each reduction
     */
    public BatchWidth(int threads, Consumer<BatchWidth> narrowed) {
        this.threads = threads;
        this.lanes = threads;
        this.narrowed = narrowed;
    }

    int threads() {
        return threads;
    }

    /** Number of lanes decoded at a time. */
    int lanes() {
        return lanes;
    }

    /** Number of sequences that a lane decodes at a time. */
    int slots() {
        return slots;
    }

    /**
     * Sharing of a lane's operators, with measurements that persist between calls.
     *
     * @param number of threads for the lane
     */
    OperatorSharing sharing(int lane, int number) {
        return sharing.compute(
                lane,
                (place, known) ->
                        known != null && known.threads() == number ? known : new OperatorSharing(number, true));
    }

    /** How many draft tokens a lane's steps read, with measurements that persist between calls. */
    DraftLength draftLength(int lane) {
        return draftLengths.computeIfAbsent(lane, place -> DraftLength.measured());
    }

    /** Maximum number of sequences decoded at a time. */
    public int sequences() {
        return lanes * slots;
    }

    /**
     * Halves the lanes, or the slots if there is one lane, starting from the need of this number of sequences.
     *
     * @return false if a single sequence did not fit
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
