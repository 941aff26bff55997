package dev.anneal.engine.text.data;

import dev.anneal.engine.text.template.Rendering.Span;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.function.Predicate;

/** Finds the items of a sequence that pass a test of many items at a time, by halving the parts that fail. */
final class Bisection {

    /** Enough for every one of 128 items, or for some failing ones of a thousand. */
    static final int MAX_ATTEMPTS = 256;

    private Bisection() {}

    /**
     * The items that pass, without those not tested when the attempts run out.
     *
     * @param passes whether all items of a part pass together
     */
    static BitSet passing(int size, Predicate<Span> passes) {
        BitSet passing = new BitSet(size);
        Deque<Span> parts = new ArrayDeque<>();
        parts.add(new Span(0, size));
        for (int attempt = 0; attempt < MAX_ATTEMPTS && !parts.isEmpty(); attempt++) {
            Span part = parts.remove();
            if (passes.test(part)) {
                passing.set(part.start(), part.end());
            } else if (part.end() - part.start() > 1) {
                int middle = (part.start() + part.end()) >>> 1;
                parts.add(new Span(part.start(), middle));
                parts.add(new Span(middle, part.end()));
            }
        }
        return passing;
    }
}
