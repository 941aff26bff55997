package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.draft.EagleDrafter;
import dev.anneal.engine.network.generate.NextTokens.Place;
import dev.anneal.engine.network.model.HiddenStates;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Proposes tokens with a {@link DraftHead}, several sequences at a time. It reads each token with the target's state before it, as soon as the
 * target has read it, and goes on with its own states. Each proposal is drawn as the target draws its token, with the random numbers of the same
 * position. A sequence whose target's states it has missed, in steps without draft tokens, gets none until it has seen the next ones.
 */
final class HeadDrafter implements Drafter {

    private final EagleDrafter reader;
    private final NextTokens nextTokens;
    private final Scope scope;
    private final KeyValueCache cache;

    /** Sequence i is in slot i of the cache. */
    private final List<Held> held = new ArrayList<>();

    HeadDrafter(DraftHead draft, NextTokens nextTokens, Lane.Size size) {
        this.reader = draft.reader();
        this.nextTokens = nextTokens;
        this.scope = reader.scope().child();
        this.cache = reader.newCache(
                scope,
                size.slots(),
                Drafter.capacity(size, reader.config().layer().maxPositions()));
    }

    /** A sequence with the head's own state at its last token, [1, H], and its length then. */
    private static final class Held {
        private final Sequence sequence;
        private @Nullable Tensor state;
        private int length;

        Held(Sequence sequence) {
            this.sequence = sequence;
        }

        Tensor state() {
            return Objects.requireNonNull(state, "a held sequence has been read");
        }

        void take(Tensor newState) {
            if (state != null) {
                state.close();
            }
            state = newState;
            length = sequence.length();
        }

        /** Whether the head has read all that the target has. */
        boolean isCurrent() {
            return length == sequence.length();
        }
    }

    @Override
    public void keep(List<Sequence> running) {
        letGo(running);
    }

    @Override
    public void propose(List<Sequence> sequences, int most) {
        boolean mayPropose = held.stream().allMatch(Held::isCurrent)
                && IntStream.range(0, held.size()).allMatch(slot -> cache.length(slot) + most <= cache.capacity());
        if (held.isEmpty() || !mayPropose) {
            return;
        }
        int[] verified = IntStream.range(0, held.size()).map(cache::length).toArray();
        int[][] proposed = new int[most][];
        try (Scope passing = scope.child()) {
            Tensor states =
                    reader.together(passing, held.stream().map(Held::state).toList());
            for (int token = 0; token < most; token++) {
                proposed[token] = next(passing, states, token);
                if (token < most - 1) {
                    List<int[]> read = Arrays.stream(proposed[token])
                            .mapToObj(id -> new int[] {id})
                            .toList();
                    states = reader.readOwn(passing, read, states, cache, 0);
                }
            }
        }
        for (int slot = 0; slot < held.size(); slot++) {
            int own = slot;
            cache.truncate(slot, verified[slot]);
            held.get(slot)
                    .sequence
                    .drafts()
                    .set(Arrays.stream(proposed).mapToInt(ids -> ids[own]).toArray());
        }
    }

    private int[] next(Scope passing, Tensor states, int token) {
        List<Place> places = held.stream()
                .map(each -> new Place(each.sequence, each.sequence.length() + token))
                .toList();
        try (Scope step = passing.child()) {
            return nextTokens.choose(step, reader.targetLogits(step, states), places);
        }
    }

    @Override
    public void verified(Scope passing, List<Verified> verified, HiddenStates states, boolean isPrompt) {
        int first = isPrompt ? held.size() : 0;
        List<Verified> reading = isPrompt ? fitting(verified) : inOrder(verified);
        if (isPrompt) {
            reading.forEach(each -> held.add(new Held(each.sequence())));
        }
        if (reading.isEmpty()) {
            return;
        }
        List<int[]> tokens = reading.stream().map(Verified::tokens).toList();
        long[] at =
                reading.stream().flatMapToLong(each -> Arrays.stream(each.at())).toArray();
        Tensor own = reader.readVerified(passing, tokens, states, at, cache, first, !isPrompt);
        int end = 0;
        for (int i = 0; i < reading.size(); i++) {
            end += tokens.get(i).length;
            held.get(first + i).take(reader.stateAt(scope, own, end - 1));
        }
    }

    private List<Verified> fitting(List<Verified> verified) {
        return verified.stream()
                .filter(each -> each.tokens().length <= cache.capacity())
                .toList();
    }

    /** Those of held sequences, in the order of their slots. Others leave. */
    private List<Verified> inOrder(List<Verified> verified) {
        letGo(verified.stream()
                .filter(each -> held.stream()
                        .anyMatch(known -> known.sequence == each.sequence() && fits(known, each.tokens().length)))
                .map(Verified::sequence)
                .toList());
        return held.stream()
                .map(known -> verified.stream()
                        .filter(each -> each.sequence() == known.sequence)
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    private boolean fits(Held known, int tokens) {
        return cache.length(held.indexOf(known)) + tokens <= cache.capacity();
    }

    /** Removes all but these, moving the last one into each free slot. */
    private void letGo(List<Sequence> staying) {
        for (int slot = held.size() - 1; slot >= 0; slot--) {
            if (!staying.contains(held.get(slot).sequence)) {
                cache.free(slot);
                held.get(slot).state().close();
                int last = held.size() - 1;
                Held moved = held.remove(last);
                if (slot < last) {
                    cache.move(last, slot);
                    held.set(slot, moved);
                }
            }
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
