package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.Arrays;
import java.util.List;

/** Proposes tokens for the sequences of a lane that have the same draft. Closed by its owner. */
interface Drafter extends AutoCloseable {

    /**
     * @param size of the lane's cache
     */
    static Drafter of(Draft draft, NextTokens nextTokens, Lane.Size size) {
        return draft instanceof DraftModel model
                ? new ModelDrafter(model, nextTokens, size)
                : new HeadDrafter((DraftHead) draft, nextTokens, size);
    }

    /** Tokens of a sequence in a drafter's cache: its own, and those that are proposed after the last one. */
    static int capacity(Lane.Size size, int maxPositions) {
        return Math.min(size.tokens() + DecodingLimits.SEQUENCE_TOKENS_OF_STEP, maxPositions);
    }

    /** A token for each sequence to read. */
    static List<int[]> alone(int[] ids) {
        return Arrays.stream(ids).mapToObj(id -> new int[] {id}).toList();
    }

    /** For each sequence the index of its last token among all tokens read. */
    static long[] last(List<int[]> tokens) {
        long[] last = tokens.stream().mapToLong(ids -> ids.length).toArray();
        Arrays.parallelPrefix(last, Long::sum);
        Arrays.setAll(last, row -> last[row] - 1);
        return last;
    }

    /** @param proposed the sequences' first proposals, then their second ones and so on */
    static int[] ofSlot(int slot, int[][] proposed) {
        return Arrays.stream(proposed).mapToInt(ids -> ids[slot]).toArray();
    }

    /** Forgets sequences other than these, which are still running. */
    void keep(List<GeneratedSequence> running);

    /**
     * Proposes at most {@code most} tokens for each sequence, or none for those that it cannot continue.
     *
     * @param sequences all running ones with this draft
     */
    void propose(List<GeneratedSequence> sequences, int most);

    /**
     * Tokens that a sequence has got.
     *
     * @param tokens at least one
     * @param at for each the index of the target's state before it
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Verified(GeneratedSequence sequence, int[] tokens, long[] at) {}

    /**
     * Takes notice of what the target has read.
     *
     * @param passing scope of the target's step
     * @param verified all sequences with this draft that go on
     * @param states the target's, with the streams of the draft
     * @param isPrompt whether these are the sequences' first tokens
     */
    void verified(TensorScope passing, List<Verified> verified, HiddenStates states, boolean isPrompt);

    @Override
    void close();
}
