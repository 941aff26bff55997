package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.generate.Drafter.Verified;
import dev.anneal.engine.network.generate.NextTokens.Place;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Sequences that one thread decodes, each with its adapter: a number at a time, and the next takes the slot of an ended
 * one. More can be added while it runs. Closed by its owner.
 */
final class Lane implements AutoCloseable {

    private final IncrementalDecoder model;
    private final NextTokens nextTokens;
    private final TensorScope scope;
    private final KeyValueCache cache;
    private final Queue<GeneratedSequence> waiting;
    private final PrefixCache prefixes;
    private final OperatorSharing sharing;
    private final DraftLength draftLength;
    private final LaneDrafters drafters;

    /** Sequence i is in slot i. */
    private final List<GeneratedSequence> running = new ArrayList<>();

    /**
     * How much the cache holds.
     *
     * @param slots number of sequences
     * @param tokens maximum number of tokens of a sequence
     */
    record Size(int slots, int tokens) {}

    /**
     * @param waiting queue from which only this lane removes; other threads may add to it if it is thread-safe
     * @param size of the cache
     * @param prefixes beginnings of earlier prompts
     * @param sharing how operators of its steps are shared
     * @param draftLength how many draft tokens its steps read
     */
    Lane(
            IncrementalDecoder model,
            NextTokens nextTokens,
            Queue<GeneratedSequence> waiting,
            Size size,
            PrefixCache prefixes,
            OperatorSharing sharing,
            DraftLength draftLength) {
        this.model = model;
        this.nextTokens = nextTokens;
        this.waiting = waiting;
        this.prefixes = prefixes;
        this.sharing = sharing;
        this.draftLength = draftLength;
        this.drafters = new LaneDrafters(nextTokens, size);
        this.scope = model.scope().child();
        this.cache = model.newCache(scope, size.slots, size.tokens);
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
            drafters.keep(running);
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
            read(first, arrivals);
        }
        return arrivals.count() > 0;
    }

    /** Reads prompts into the slots from {@code first} on, and chooses the first token after each. */
    private void read(int first, PrefillBatch arrivals) {
        List<GeneratedSequence> sequences = arrivals.sequences();
        List<GeneratedSequence> reading = sequences.subList(0, arrivals.readers());
        for (int i = 0; i < reading.size(); i++) {
            GeneratedSequence reader = reading.get(i);
            reader.skip(prefixes.restore(reader.owner(), reader.prompt(), cache, first + i));
        }
        try (TensorScope step = scope.child()) {
            List<Integer> streams = drafters.streams(reading);
            HiddenStates hidden = model.read(step, unread(reading), cache, first, adapters(reading), streams, false);
            for (int i = 0; i < reading.size(); i++) {
                prefixes.keep(reading.get(i).owner(), reading.get(i).prompt(), cache, first + i);
            }
            for (int i = reading.size(); i < sequences.size(); i++) {
                cache.copy(first + arrivals.reader(i), first + i);
            }
            int[] read = reading.stream()
                    .mapToInt(sequence -> sequence.unread().length)
                    .toArray();
            long[] ends = ends(reading);
            long[] last = IntStream.range(0, sequences.size())
                    .mapToLong(i -> ends[arrivals.reader(i)] - 1)
                    .toArray();
            List<Place> places =
                    sequences.stream().map(sequence -> new Place(sequence, 0)).toList();
            List<ChosenToken> chosen =
                    nextTokens.chooseWithLogprobs(step, model.logits(step, hidden.last(), last), places);
            List<Verified> verified = new ArrayList<>();
            for (int i = 0; i < chosen.size(); i++) {
                GeneratedSequence sequence = sequences.get(i);
                ChosenToken token = chosen.get(i);
                give(sequence, () -> sequence.takeFirst(token));
                if (sequence.needsStates() && !sequence.hasEnded()) {
                    verified.add(firstOf(sequence, token, read[arrivals.reader(i)], last[i]));
                }
            }
            drafters.verified(step, verified, hidden, streams, true);
        }
        removeEnded();
    }

    /**
     * @param read number of the prompt's tokens that were read
     * @param last index of the state at the last one
     */
    private static Verified firstOf(GeneratedSequence sequence, ChosenToken token, int read, long last) {
        int end = sequence.prompt().length + 1;
        int[] tokens = Arrays.copyOfRange(sequence.prompt(), end - read, end);
        tokens[tokens.length - 1] = token.id();
        return new Verified(
                sequence,
                tokens,
                LongStream.rangeClosed(last - tokens.length + 1, last).toArray());
    }

    /** Continues each sequence by a token, and by those draft tokens after it that are right. */
    private void advance() {
        boolean isComparing = sharing.isComparing();
        running.forEach(
                sequence -> sequence.prepareDrafts(isComparing ? 0 : draftLength.most(), draftLength.isMeasured()));
        int most = draftLength.choose(
                running.stream().map(GeneratedSequence::drafts).toList());
        propose(most);
        running.forEach(sequence -> sequence.readDrafts(most));
        int tokens =
                running.stream().mapToInt(sequence -> sequence.unread().length).sum();
        long begin = System.nanoTime();
        sharing.step(tokens, this::verify);
        if (!isComparing) {
            draftLength.note(tokens, System.nanoTime() - begin);
        }
        removeEnded();
    }

    private void propose(int most) {
        long begin = System.nanoTime();
        if (drafters.propose(running, most)) {
            draftLength.noteProposals(most, System.nanoTime() - begin);
        }
    }

    /** Chooses the tokens after all unread ones, and keeps those that follow right ones. */
    private void verify() {
        try (TensorScope step = scope.child()) {
            List<Integer> streams = drafters.streams(running);
            HiddenStates hidden = model.read(step, unread(running), cache, 0, adapters(running), streams, true);
            List<Place> places = running.stream()
                    .flatMap(sequence -> IntStream.range(0, sequence.unread().length)
                            .mapToObj(place -> new Place(sequence, sequence.length() + place)))
                    .toList();
            long[] all = LongStream.range(0, places.size()).toArray();
            List<ChosenToken> chosen =
                    nextTokens.chooseWithLogprobs(step, model.logits(step, hidden.last(), all), places);
            drafters.verified(step, take(chosen), hidden, streams, false);
        }
    }

    /** Gives each sequence its tokens, and removes refused ones from the cache. */
    private List<Verified> take(List<ChosenToken> chosen) {
        List<Verified> verified = new ArrayList<>();
        int begin = 0;
        for (int slot = 0; slot < running.size(); slot++) {
            GeneratedSequence sequence = running.get(slot);
            int read = sequence.unread().length;
            List<ChosenToken> own = chosen.subList(begin, begin + read);
            int cached = cache.length(slot) - read;
            int place = slot;
            int before = sequence.length();
            give(sequence, () -> cache.truncate(place, cached + sequence.takeVerified(own)));
            int taken = sequence.length() - before;
            if (sequence.needsStates() && !sequence.hasEnded()) {
                verified.add(new Verified(
                        sequence,
                        own.subList(0, taken).stream().mapToInt(ChosenToken::id).toArray(),
                        LongStream.range(begin, begin + taken).toArray()));
            }
            begin += read;
        }
        return verified;
    }

    private static List<int[]> unread(List<GeneratedSequence> sequences) {
        return sequences.stream().map(GeneratedSequence::unread).toList();
    }

    private static List<AppliedAdapter> adapters(List<GeneratedSequence> sequences) {
        return sequences.stream().map(GeneratedSequence::adapter).toList();
    }

    /** For each sequence the index after its last token among all tokens read. */
    private static long[] ends(List<GeneratedSequence> reading) {
        long[] ends =
                reading.stream().mapToLong(sequence -> sequence.unread().length).toArray();
        Arrays.parallelPrefix(ends, Long::sum);
        return ends;
    }

    /** If a sink fails, its answer ends; the others continue. */
    private static void give(GeneratedSequence sequence, Runnable tokens) {
        try {
            tokens.run();
        } catch (RuntimeException e) {
            sequence.fail(e);
        }
    }

    /** Removes ended sequences. */
    private void removeEnded() {
        for (int slot = running.size() - 1; slot >= 0; slot--) {
            if (running.get(slot).hasEnded()) {
                cache.remove(slot, running);
            }
        }
    }

    /** Ends all running sequences without an answer. */
    void fail(Throwable cause) {
        running.forEach(sequence -> sequence.fail(cause));
    }

    @Override
    public void close() {
        drafters.close();
        cache.close();
        scope.close();
    }
}
