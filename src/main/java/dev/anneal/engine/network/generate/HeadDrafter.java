package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.draft.EagleDrafter;
import dev.anneal.engine.network.generate.NextTokens.Place;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Proposes tokens with a {@link DraftHead}, several sequences at a time. Before it proposes, it reads each token that
 * the target has read since with the target's state before it; then it goes on with its own states. Each proposal is
 * drawn as the target draws its token, with the random numbers of the same position.
 */
final class HeadDrafter implements Drafter {

    /** Of a sequence that has more unread tokens, they are read although nothing is proposed. */
    private static final int MOST_UNREAD = 64;

    private final EagleDrafter reader;
    private final NextTokens nextTokens;
    private final TensorScope scope;
    private final KeyValueCache cache;

    /**
     * Sequence i is in slot i of the cache. Each has unread tokens when it gets proposals, because each step of the
     * target gives it some.
     */
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

    /** A sequence with tokens that the head has not read yet, and the target's states before them. */
    private static final class Held {
        private final GeneratedSequence sequence;
        private final List<Tensor> states = new ArrayList<>();
        private int[] tokens = {};

        Held(GeneratedSequence sequence) {
            this.sequence = sequence;
        }

        void add(int[] verified, Tensor statesBefore) {
            int before = tokens.length;
            tokens = Arrays.copyOf(tokens, before + verified.length);
            System.arraycopy(verified, 0, tokens, before, verified.length);
            states.add(statesBefore);
        }

        void forgetRead() {
            states.forEach(Tensor::close);
            states.clear();
            tokens = new int[0];
        }
    }

    @Override
    public void keep(List<GeneratedSequence> running) {
        release(held.stream().filter(each -> !running.contains(each.sequence)).toList());
    }

    @Override
    public void propose(List<GeneratedSequence> sequences, int most) {
        release(held.stream().filter(each -> room(each) < 1).toList());
        int fitting = held.stream().mapToInt(this::room).reduce(most, Math::min);
        if (!held.isEmpty()) {
            proposeFitting(fitting);
        }
    }

    /** Tokens for which the cache has room when the unread ones have been read. */
    private int room(Held sequence) {
        return cache.capacity() - cache.length(held.indexOf(sequence)) - sequence.tokens.length;
    }

    private void proposeFitting(int most) {
        int[][] proposed = new int[most][];
        try (TensorScope passing = scope.child()) {
            Tensor states = readUnread(passing);
            int[] verified = IntStream.range(0, held.size()).map(cache::length).toArray();
            for (int token = 0; token < most; token++) {
                proposed[token] = next(passing, states, token);
                if (token < most - 1) {
                    states = reader.readOwn(passing, Drafter.alone(proposed[token]), states, cache, 0);
                }
            }
            for (int slot = 0; slot < verified.length; slot++) {
                cache.truncate(slot, verified[slot]);
            }
        }
        for (int slot = 0; slot < held.size(); slot++) {
            held.get(slot).sequence.drafts().proposed().set(Drafter.ofSlot(slot, proposed));
        }
    }

    private int[] next(TensorScope passing, Tensor states, int token) {
        List<Place> places = held.stream()
                .map(each -> new Place(each.sequence, each.sequence.length() + token))
                .toList();
        try (TensorScope step = passing.child()) {
            return nextTokens.choose(step, reader.targetLogits(step, states), places);
        }
    }

    /** Reads the unread tokens of all sequences, and returns the head's state at the last of each, [sequences, H]. */
    private Tensor readUnread(TensorScope passing) {
        List<int[]> tokens = held.stream().map(each -> each.tokens).toList();
        Tensor states = reader.together(
                passing, held.stream().flatMap(each -> each.states.stream()).toList());
        boolean isStep = tokens.stream().allMatch(ids -> ids.length <= DecodingLimits.SEQUENCE_TOKENS_OF_STEP);
        Tensor own = reader.readVerified(passing, tokens, states, cache, 0, isStep);
        held.forEach(Held::forgetRead);
        return reader.rowsOf(passing, own, Drafter.last(tokens));
    }

    @Override
    public void verified(TensorScope passing, List<Verified> verified, HiddenStates states, boolean isPrompt) {
        // Prompts come between steps: sequences that were read now would have nothing unread in the next one.
        if (!isPrompt && held.stream().anyMatch(each -> each.tokens.length > MOST_UNREAD)) {
            readUnread(passing);
        }
        for (Verified each : verified) {
            if (isPrompt && each.tokens().length <= cache.capacity()) {
                begin(passing, each, states);
            } else {
                held.stream()
                        .filter(known -> known.sequence == each.sequence())
                        .forEach(known -> known.add(each.tokens(), reader.statesAt(scope, states, each.at())));
            }
        }
        release(held.stream().filter(each -> room(each) < 0).toList());
    }

    /**
     * Takes up a sequence, and reads its prompt but for the last token, so that its first proposals take no longer than
     * others.
     */
    private void begin(TensorScope passing, Verified prompt, HiddenStates states) {
        int last = prompt.tokens().length - 1;
        if (last > 0) {
            Tensor before = reader.statesAt(passing, states, Arrays.copyOf(prompt.at(), last));
            List<int[]> tokens = List.of(Arrays.copyOf(prompt.tokens(), last));
            reader.readVerified(passing, tokens, before, cache, held.size(), false);
        }
        Held taken = new Held(prompt.sequence());
        held.add(taken);
        taken.add(new int[] {prompt.tokens()[last]}, reader.statesAt(scope, states, new long[] {prompt.at()[last]}));
    }

    private void release(List<Held> leaving) {
        for (Held each : leaving) {
            each.forgetRead();
            cache.remove(held.indexOf(each), held);
        }
    }

    @Override
    public void close() {
        cache.close();
        scope.close();
    }
}
