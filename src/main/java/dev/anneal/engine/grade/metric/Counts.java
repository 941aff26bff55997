package dev.anneal.engine.grade.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts of the n-grams of a text. */
final class Counts {

    private final Map<List<String>, Integer> counts = new HashMap<>();
    private final int total;

    /**
     * @param length n
     */
    Counts(List<String> words, int length) {
        for (int i = 0; i + length <= words.size(); i++) {
            counts.merge(words.subList(i, i + length), 1, Integer::sum);
        }
        total = Math.max(0, words.size() - length + 1);
    }

    /** Number of n-grams, with repetitions. */
    int total() {
        return total;
    }

    /** Number of common n-grams, each with its smaller count. */
    int overlap(Counts other) {
        return counts.entrySet().stream()
                .mapToInt(run -> Math.min(run.getValue(), other.counts.getOrDefault(run.getKey(), 0)))
                .sum();
    }

    /** Sum of the products of the counts in both texts. */
    double product(Counts other) {
        return counts.entrySet().stream()
                .mapToDouble(run -> (double) run.getValue() * other.counts.getOrDefault(run.getKey(), 0))
                .sum();
    }
}
