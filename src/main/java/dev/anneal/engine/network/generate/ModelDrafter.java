package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.generate.NextTokens.Place;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Proposes tokens for sequences of a lane with a {@link DraftModel}, several sequences at a time. Each proposal is
 * drawn as the target draws its token, with the random numbers of the same position, so that equal distributions give
 * equal tokens. Closed by its owner.
 */
final class ModelDrafter implements Drafter {

    private final DraftModel draft;
    private final NextTokens nextTokens;
    private final TensorScope scope;
    private final KeyValueCache cache;

    /** Sequence i is in slot i of the cache. */
    private final List<GeneratedSequence> held = new ArrayList<>();

    /** What was proposed last for each of them, and read all but the last. */
    private final Map<GeneratedSequence, Proposal> proposals = new HashMap<>();

    /** @param begin length of the text before it */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Proposal(int begin, int[] tokens) {}

    ModelDrafter(DraftModel draft, NextTokens nextTokens, Lane.Size size) {
        this.draft = draft;
        this.nextTokens = nextTokens;
        this.scope = draft.model().scope().child();
        this.cache = draft.model()
                .newCache(
                        scope,
                        size.slots(),
                        Drafter.capacity(size, draft.model().config().maxPositions()));
    }

    /** None for sequences that fill its context. */
    @Override
    public void propose(List<GeneratedSequence> sequences, int most) {
        hold(sequences.stream().filter(sequence -> room(sequence) > 0).toList());
        if (!held.isEmpty()) {
            proposeFitting(held.stream().mapToInt(this::room).reduce(most, Math::min));
        }
    }

    private int room(GeneratedSequence sequence) {
        return cache.capacity() - textOf(sequence).length();
    }

    private void proposeFitting(int most) {
        catchUp();
        List<int[]> unread = IntStream.range(0, held.size())
                .mapToObj(slot -> unread(slot, textOf(held.get(slot)).length()))
                .toList();
        int[][] proposed = new int[most][];
        for (int token = 0; token < most; token++) {
            proposed[token] = next(unread, token);
            unread = Drafter.alone(proposed[token]);
        }
        for (int slot = 0; slot < held.size(); slot++) {
            GeneratedSequence sequence = held.get(slot);
            int[] tokens = Drafter.ofSlot(slot, proposed);
            textOf(sequence).set(tokens);
            proposals.put(sequence, new Proposal(textOf(sequence).length(), tokens));
        }
    }

    /** The tokens that follow those read now. */
    private int[] next(List<int[]> unread, int token) {
        try (TensorScope step = scope.child()) {
            Tensor hidden = read(step, unread, 0, true);
            List<Place> places = held.stream()
                    .map(sequence -> new Place(sequence, sequence.length() + token))
                    .toList();
            return nextTokens.choose(step, draft.model().logits(step, hidden, Drafter.last(unread)), places);
        }
    }

    @Override
    public void keep(List<GeneratedSequence> running) {
        for (int slot = held.size() - 1; slot >= 0; slot--) {
            if (!running.contains(held.get(slot))) {
                proposals.remove(held.get(slot));
                cache.remove(slot, held);
            }
        }
    }

    /** Removes all other sequences, takes up new ones, and forgets draft tokens that were refused. */
    private void hold(List<GeneratedSequence> sequences) {
        keep(sequences);
        sequences.stream().filter(sequence -> !held.contains(sequence)).forEach(held::add);
        for (int slot = 0; slot < held.size(); slot++) {
            GeneratedSequence sequence = held.get(slot);
            // The last token is read with the next ones.
            cache.truncate(slot, Math.min(textOf(sequence).length() - 1, known(sequence)));
        }
    }

    /** Length of the text as far as it is what was read: up to the first proposal that was refused. */
    private int known(GeneratedSequence sequence) {
        Proposal last = proposals.remove(sequence);
        if (last == null) {
            return textOf(sequence).length();
        }
        int end = Math.min(textOf(sequence).length(), last.begin() + last.tokens().length);
        int mismatch = Arrays.mismatch(textOf(sequence).text(last.begin(), end), last.tokens());
        return mismatch < 0 ? end : last.begin() + mismatch;
    }

    /** Reads all but the last tokens of texts of which much is unread, prompts above all. */
    private void catchUp() {
        for (int slot = 0; slot < held.size(); slot++) {
            int end = textOf(held.get(slot)).length() - 1;
            while (end - cache.length(slot) >= DecodingLimits.SEQUENCE_TOKENS_OF_STEP) {
                int read = Math.min(end, cache.length(slot) + DecodingLimits.TOKENS_READ_AT_ONCE);
                read(scope, List.of(unread(slot, read)), slot, false).close();
            }
        }
    }

    private Tensor read(TensorScope target, List<int[]> tokens, int slot, boolean isStep) {
        List<AppliedAdapter> adapters = Collections.nCopies(tokens.size(), draft.adapter());
        return draft.model()
                .read(target, tokens, cache, slot, adapters, List.of(), isStep)
                .last();
    }

    private int[] unread(int slot, int end) {
        return textOf(held.get(slot)).text(cache.length(slot), end);
    }

    /** It reads the sequences' texts alone. */
    @Override
    public void verified(TensorScope passing, List<Verified> verified, HiddenStates states, boolean isPrompt) {}

    private static ProposedDrafts textOf(GeneratedSequence sequence) {
        return sequence.drafts().proposed();
    }

    @Override
    public void close() {
        cache.close();
        scope.close();
    }
}
