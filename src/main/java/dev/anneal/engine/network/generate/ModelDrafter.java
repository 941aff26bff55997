package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.generate.NextTokens.Place;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.HiddenStates;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Proposes tokens for sequences of a lane with a {@link DraftModel}, several sequences at a time. Each proposal is drawn as the target draws
 * its token, with the random numbers of the same position, so that equal distributions give equal tokens. Closed by its owner.
 */
final class ModelDrafter implements Drafter {

    private final DraftModel draft;
    private final NextTokens nextTokens;
    private final Scope scope;
    private final KeyValueCache cache;

    /** Sequence i is in slot i of the cache. */
    private final List<Sequence> held = new ArrayList<>();

    ModelDrafter(DraftModel draft, NextTokens nextTokens, Lane.Size size) {
        this.draft = draft;
        this.nextTokens = nextTokens;
        this.scope = draft.model().scope().child();
        this.cache = draft.model()
                .newCache(
                        scope,
                        size.slots(),
                        Math.min(size.tokens(), draft.model().config().maxPositions()));
    }

    /** None for sequences that are longer than its context. */
    @Override
    public void propose(List<Sequence> sequences, int most) {
        hold(sequences.stream()
                .filter(sequence -> textOf(sequence).length() + most <= cache.capacity())
                .toList());
        if (held.isEmpty()) {
            return;
        }
        catchUp();
        List<int[]> unread = IntStream.range(0, held.size())
                .mapToObj(slot -> unread(slot, textOf(held.get(slot)).length()))
                .toList();
        int[][] proposed = new int[most][];
        for (int token = 0; token < most; token++) {
            proposed[token] = next(unread, token);
            unread = Arrays.stream(proposed[token])
                    .mapToObj(id -> new int[] {id})
                    .toList();
        }
        for (int slot = 0; slot < held.size(); slot++) {
            int own = slot;
            held.get(slot)
                    .drafts()
                    .set(Arrays.stream(proposed).mapToInt(ids -> ids[own]).toArray());
        }
    }

    /** The tokens that follow those read now. */
    private int[] next(List<int[]> unread, int token) {
        try (Scope step = scope.child()) {
            Tensor hidden = draft.model().step(step, unread, cache, 0, adapters(held.size()));
            long[] last = unread.stream().mapToLong(ids -> ids.length).toArray();
            Arrays.parallelPrefix(last, Long::sum);
            Arrays.setAll(last, row -> last[row] - 1);
            List<Place> places = held.stream()
                    .map(sequence -> new Place(sequence, sequence.length() + token))
                    .toList();
            return nextTokens.choose(step, draft.model().logits(step, hidden, last), places);
        }
    }

    /** Removes sequences that have left the lane, takes up new ones, and forgets draft tokens that were refused. */
    private void hold(List<Sequence> sequences) {
        for (int slot = held.size() - 1; slot >= 0; slot--) {
            if (!sequences.contains(held.get(slot))) {
                free(slot);
            }
        }
        sequences.stream().filter(sequence -> !held.contains(sequence)).forEach(held::add);
        for (int slot = 0; slot < held.size(); slot++) {
            // The newest token is not a draft token, or one that was the last and therefore not read.
            cache.truncate(slot, textOf(held.get(slot)).length() - 1);
        }
    }

    /** Removes a sequence, moving the last one into the free slot. */
    private void free(int slot) {
        cache.free(slot);
        int last = held.size() - 1;
        Sequence moved = held.remove(last);
        if (slot < last) {
            cache.move(last, slot);
            held.set(slot, moved);
        }
    }

    /** Reads all but the last tokens of texts of which much is unread, prompts above all. */
    private void catchUp() {
        for (int slot = 0; slot < held.size(); slot++) {
            int end = textOf(held.get(slot)).length() - 1;
            while (end - cache.length(slot) >= DecodingLimits.SEQUENCE_TOKENS_OF_STEP) {
                int read = Math.min(end, cache.length(slot) + DecodingLimits.TOKENS_READ_AT_ONCE);
                draft.model()
                        .prefill(scope, List.of(unread(slot, read)), cache, slot, adapters(1))
                        .close();
            }
        }
    }

    private int[] unread(int slot, int end) {
        return textOf(held.get(slot)).text(cache.length(slot), end);
    }

    private List<AppliedAdapter> adapters(int sequences) {
        return Collections.nCopies(sequences, draft.adapter());
    }

    /** It reads the sequences' texts alone. */
    @Override
    public void verified(Scope passing, List<Verified> verified, HiddenStates states, boolean isPrompt) {}

    private static ProposedDrafts textOf(Sequence sequence) {
        return (ProposedDrafts) sequence.drafts();
    }

    @Override
    public void close() {
        scope.close();
    }
}
