package dev.anneal.engine.grade.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each run of n words comes up in a text. */
final class Counts {

    private final Map<List<String>, Integer> counts = new HashMap<>();
    private final int total;

    /** @param length n: words of a run */
    Counts(List<String> words, int length) {
        for (int i = 0; i + length <= words.size(); i++) {
            counts.merge(words.subList(i, i + length), 1, Integer::sum);
        }
        total = Math.max(0, words.size() - length + 1);
    }

    /** All runs, those that come up twice counted twice. */
    int total() {
        return total;
    }

    /** Runs in common: each as often as in the text that has it less often. */
    int overlap(Counts other) {
        return counts.entrySet().stream()
                .mapToInt(run -> Math.min(run.getValue(), other.counts.getOrDefault(run.getKey(), 0)))
                .sum();
    }

    /** Sum of the products of how often each run comes up in both. */
    double product(Counts other) {
        return counts.entrySet().stream()
                .mapToDouble(run -> (double) run.getValue() * other.counts.getOrDefault(run.getKey(), 0))
                .sum();
    }
}
