package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Sequences whose prompts are read at a time. If several have the same prompt, like the completions of a group, one
 * reads it and the others copy its keys and values.
 */
final class PrefillBatch {

    private final List<GeneratedSequence> readers = new ArrayList<>();
    private final List<GeneratedSequence> followers = new ArrayList<>();

    /** For each follower the index of its reader. */
    private final List<Integer> followed = new ArrayList<>();

    private int tokens;

    /** Takes waiting sequences up to the number of slots and the maximum total length of prompts. */
    PrefillBatch(Queue<GeneratedSequence> waiting, int slots) {
        while (!waiting.isEmpty() && count() < slots && (tokens == 0 || fits(waiting.element()))) {
            GeneratedSequence next = waiting.remove();
            if (!next.hasEnded()) {
                add(next);
            }
        }
    }

    private boolean fits(GeneratedSequence next) {
        return readerOf(next) < readers.size() || tokens + next.unread().length <= DecodingLimits.TOKENS_READ_AT_ONCE;
    }

    private void add(GeneratedSequence next) {
        int reader = readerOf(next);
        if (reader < readers.size()) {
            followers.add(next);
            followed.add(reader);
        } else {
            readers.add(next);
            tokens += next.unread().length;
        }
    }

    /** Index of the reader of the same prompt; the number of readers if there is none. */
    private int readerOf(GeneratedSequence next) {
        int place = 0;
        while (place < readers.size() && !readers.get(place).readsTheSameAs(next)) {
            place++;
        }
        return place;
    }

    int count() {
        return readers.size() + followers.size();
    }

    /** The readers, then their followers. */
    List<GeneratedSequence> sequences() {
        List<GeneratedSequence> all = new ArrayList<>(readers);
        all.addAll(followers);
        return all;
    }

    int readers() {
        return readers.size();
    }

    /** Index of the reader of a sequence, which is itself or another one. */
    int reader(int place) {
        return place < readers.size() ? place : followed.get(place - readers.size());
    }
}
