package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Sequences whose prompts are read at one time. Of those that begin alike, as the completions of a group do, one reads the prompt and the others take over
 * what it has read.
 */
final class Arrivals {

    private final List<Sequence> readers = new ArrayList<>();
    private final List<Sequence> followers = new ArrayList<>();

    /** Of each follower its reader's place. */
    private final List<Integer> followed = new ArrayList<>();

    private int tokens;

    /** Takes what still waits for an answer, as many as there are slots, until they have enough to read. */
    Arrivals(Queue<Sequence> waiting, int slots) {
        while (!waiting.isEmpty() && count() < slots && (tokens == 0 || fits(waiting.element()))) {
            Sequence next = waiting.remove();
            if (!next.hasEnded()) {
                add(next);
            }
        }
    }

    private boolean fits(Sequence next) {
        return readerOf(next) < readers.size() || tokens + next.unread().length <= DecodingLimits.TOKENS_READ_AT_ONCE;
    }

    private void add(Sequence next) {
        int reader = readerOf(next);
        if (reader < readers.size()) {
            followers.add(next);
            followed.add(reader);
        } else {
            readers.add(next);
            tokens += next.unread().length;
        }
    }

    /** The place of the one that reads the same, or that of a further one. */
    private int readerOf(Sequence next) {
        int place = 0;
        while (place < readers.size() && !readers.get(place).beginsLike(next)) {
            place++;
        }
        return place;
    }

    int count() {
        return readers.size() + followers.size();
    }

    /** First those that read, then those that follow them. */
    List<Sequence> sequences() {
        List<Sequence> all = new ArrayList<>(readers);
        all.addAll(followers);
        return all;
    }

    int readers() {
        return readers.size();
    }

    /** The place of the sequence that reads for one of all. */
    int reader(int place) {
        return place < readers.size() ? place : followed.get(place - readers.size());
    }
}
