package dev.anneal.engine.network.draft;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The tokens of a target that a draft can propose, in ascending order: draft id i is the i-th of them. */
public final class DraftVocabulary {

    private final long[] targetIds;
    private final int targetSize;

    private DraftVocabulary(long[] targetIds, int targetSize) {
        this.targetIds = targetIds;
        this.targetSize = targetSize;
    }

    /** Every token. */
    public static DraftVocabulary whole(int targetSize) {
        return new DraftVocabulary(IntStream.range(0, targetSize).asLongStream().toArray(), targetSize);
    }

    /**
     * The most frequent tokens, those of one frequency by their ids; if fewer were seen, the first unseen ids fill the
     * rest. It is the rule of Speculators.
     *
     * @param counts of each token of the target's vocabulary
     */
    public static DraftVocabulary ofCounts(long[] counts, int size) {
        long[] chosen = IntStream.range(0, counts.length)
                .boxed()
                .sorted(Comparator.comparingLong((Integer id) -> -counts[id]).thenComparing(id -> id))
                .limit(size)
                .mapToLong(Integer::longValue)
                .sorted()
                .toArray();
        return new DraftVocabulary(chosen, counts.length);
    }

    /**
     * From what Speculators' files call {@code d2t}.
     *
     * @param offsets of each draft id what its target id is larger by
     * @throws IllegalArgumentException if they are no ascending ids of the target
     */
    @SuppressWarnings("PMD.UseVarargs")
    public static DraftVocabulary ofOffsets(long[] offsets, int targetSize) {
        long[] ids = new long[offsets.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = offsets[i] + i;
            if (ids[i] <= (i == 0 ? -1 : ids[i - 1]) || ids[i] >= targetSize) {
                throw new IllegalArgumentException("draft id %d cannot be target id %d of %d, after %d"
                        .formatted(i, ids[i], targetSize, i == 0 ? -1 : ids[i - 1]));
            }
        }
        return new DraftVocabulary(ids, targetSize);
    }

    /**
     * Reads {@code d2t}.
     *
     * @param files with such a tensor of int64
     * @throws IllegalArgumentException if it holds no ascending ids of the target
     */
    public static DraftVocabulary read(WeightDirectory files, int targetSize) throws IOException {
        LongBuffer stored =
                files.fileOf(EagleNames.OFFSETS).bytes(EagleNames.OFFSETS).asLongBuffer();
        long[] offsets = new long[stored.remaining()];
        stored.get(offsets);
        return ofOffsets(offsets, targetSize);
    }

    /** Number of tokens that can be proposed. */
    public int size() {
        return targetIds.length;
    }

    public boolean isWhole() {
        return targetIds.length == targetSize;
    }

    /** The target's ids of all draft ids. */
    public long[] targetIds() {
        return targetIds.clone();
    }

    /** {@code d2t} of Speculators' files. */
    public long[] offsets() {
        long[] offsets = targetIds.clone();
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] -= i;
        }
        return offsets;
    }

    /** {@code t2d} of Speculators' files: for each token of the target whether it can be proposed. */
    public boolean[] members() {
        boolean[] members = new boolean[targetSize];
        Arrays.stream(targetIds).forEach(id -> members[(int) id] = true);
        return members;
    }
}
