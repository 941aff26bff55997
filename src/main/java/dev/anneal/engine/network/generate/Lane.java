package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Sequences that one thread continues, each with its adapter: some at one time, and when one ends the next takes its slot. Further ones may come while it
 * runs. Closed by whoever made it.
 */
final class Lane implements AutoCloseable {

    private final IncrementalDecoder model;
    private final NextTokens nextTokens;
    private final Scope scope;
    private final KeyValueCache cache;
    private final Queue<Sequence> waiting;
    private final OperatorSharing sharing;

    /** Sequence i is in slot i. */
    private final List<Sequence> running = new ArrayList<>();

    /**
     * @param waiting sequences that only this lane takes out; any thread may add to a queue that allows it
     * @param slots sequences at one time
     * @param capacity tokens that the longest of them has in the cache
     * @param sharing of the operators of its steps
     */
    Lane(
            IncrementalDecoder model,
            NextTokens nextTokens,
            Queue<Sequence> waiting,
            int slots,
            int capacity,
            OperatorSharing sharing) {
        this.model = model;
        this.nextTokens = nextTokens;
        this.waiting = waiting;
        this.sharing = sharing;
        this.scope = model.scope().child();
        this.cache = model.newCache(scope, slots, capacity);
    }

    /**
     * Reads prompts as long as slots are free; then all sequences go on by a token.
     *
     * @param going asked before each token and before each reading of prompts; once it says no the sequences stay unfinished
     * @param betweenTokens called as often, when every sequence that ended or was cancelled before has left
     */
    void run(BooleanSupplier going, Runnable betweenTokens) {
        sharing.begin();
        while (going.getAsBoolean() && !(waiting.isEmpty() && running.isEmpty())) {
            removeEnded();
            betweenTokens.run();
            if (!admit() && !running.isEmpty()) {
                advance();
            }
        }
    }

    /**
     * Reads as many prompts as are read at one time into free slots; their first tokens are chosen.
     *
     * @return whether there were any
     */
    private boolean admit() {
        int first = running.size();
        Arrivals arrivals = new Arrivals(waiting, cache.slots() - first);
        running.addAll(arrivals.sequences());
        if (arrivals.count() > 0) {
            advance(first, arrivals.readers(), arrivals::reader);
        }
        return arrivals.count() > 0;
    }

    /** The next token of each sequence. */
    private void advance() {
        sharing.step(running.size(), () -> advance(0, running.size(), IntUnaryOperator.identity()));
    }

    /**
     * The next token of each sequence from a slot on.
     *
     * @param readers of these the first, which read what is new; the others take over what one of them has read
     * @param reader place of that one
     */
    private void advance(int first, int readers, IntUnaryOperator reader) {
        List<Sequence> sequences = running.subList(first, running.size());
        List<Sequence> reading = sequences.subList(0, readers);
        List<ChosenToken> chosen;
        try (Scope step = scope.child()) {
            Tensor hidden = model.read(
                    step,
                    reading.stream().map(Sequence::unread).toList(),
                    cache,
                    first,
                    reading.stream().map(Sequence::adapter).toList());
            for (int i = readers; i < sequences.size(); i++) {
                cache.copy(first + reader.applyAsInt(i), first + i);
            }
            long[] ends = ends(reading);
            long[] last = IntStream.range(0, sequences.size())
                    .mapToLong(i -> ends[reader.applyAsInt(i)] - 1)
                    .toArray();
            chosen = nextTokens.chooseWithLogprobs(step, model.logits(step, hidden, last), sequences);
        }
        for (int i = 0; i < chosen.size(); i++) {
            give(sequences.get(i), chosen.get(i));
        }
        removeEnded();
    }

    /** How many tokens they read up to each of them. */
    private static long[] ends(List<Sequence> reading) {
        long[] ends =
                reading.stream().mapToLong(sequence -> sequence.unread().length).toArray();
        Arrays.parallelPrefix(ends, Long::sum);
        return ends;
    }

    /** An answer that cannot be handed on ends; the others go on. */
    private static void give(Sequence sequence, ChosenToken token) {
        try {
            sequence.take(token);
        } catch (RuntimeException e) {
            sequence.fail(e);
        }
    }

    /** The last sequence takes the slot of one that has ended. */
    private void removeEnded() {
        for (int slot = running.size() - 1; slot >= 0; slot--) {
            if (running.get(slot).hasEnded()) {
                cache.free(slot);
                int last = running.size() - 1;
                Sequence moved = running.remove(last);
                if (slot < last) {
                    cache.move(last, slot);
                    running.set(slot, moved);
                }
            }
        }
    }

    /** Ends what runs without an answer. */
    void fail(Throwable cause) {
        running.forEach(sequence -> sequence.fail(cause));
    }

    @Override
    public void close() {
        scope.close();
    }
}
