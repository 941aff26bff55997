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
 * Sequences that one thread decodes, each with its adapter: a number at a time, and the next takes the slot of an ended one. More can be
 * added while it runs. Closed by its owner.
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
     * @param waiting queue from which only this lane removes; other threads may add to it if it is thread-safe
     * @param slots number of sequences at a time
     * @param capacity maximum number of tokens of a sequence in the cache
     * @param sharing how operators of its steps are shared
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
     * Prefills prompts while slots are free, then continues all sequences by a token, repeatedly.
     *
     * @param going checked before each token and each prefill; once false, the sequences stay unfinished
     * @param betweenTokens called equally often, after ended and cancelled sequences have been removed
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
     * Prefills one batch of prompts into free slots, and chooses their first tokens.
     *
     * @return whether there were any
     */
    private boolean admit() {
        int first = running.size();
        PrefillBatch arrivals = new PrefillBatch(waiting, cache.slots() - first);
        running.addAll(arrivals.sequences());
        if (arrivals.count() > 0) {
            advance(first, arrivals.readers(), arrivals::reader);
        }
        return arrivals.count() > 0;
    }

    /** Chooses the next token of each sequence. */
    private void advance() {
        sharing.step(running.size(), () -> advance(0, running.size(), IntUnaryOperator.identity()));
    }

    /**
     * Chooses the next token of each sequence from a slot on.
     *
     * @param readers number of sequences, the first ones, that read their new tokens; the others copy from one of them
     * @param reader index of the one to copy from
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

    /** For each sequence the index after its last token among all tokens read. */
    private static long[] ends(List<Sequence> reading) {
        long[] ends =
                reading.stream().mapToLong(sequence -> sequence.unread().length).toArray();
        Arrays.parallelPrefix(ends, Long::sum);
        return ends;
    }

    /** If a sink fails, its answer ends; the others continue. */
    private static void give(Sequence sequence, ChosenToken token) {
        try {
            sequence.take(token);
        } catch (RuntimeException e) {
            sequence.fail(e);
        }
    }

    /** Removes ended sequences, moving the last one into the free slot. */
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

    /** Ends all running sequences without an answer. */
    void fail(Throwable cause) {
        running.forEach(sequence -> sequence.fail(cause));
    }

    @Override
    public void close() {
        scope.close();
    }
}
