package dev.anneal.engine.grade.metric;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import opennlp.tools.stemmer.PorterStemmer;

/**
 * METEOR (Lavie and Agarwal 2007) like NLTK's single_meteor_score without its last stage, WordNet's synonyms: words
 * match exactly, then by their stems.
 */
final class Meteor {

    private static final double RECALL_WEIGHT = 0.9;
    private static final double PENALTY_EXPONENT = 3;
    private static final double PENALTY_WEIGHT = 0.5;
    private static final int UNMATCHED = -1;

    private final List<String> words;
    private final List<String> expected;

    /** For each word the position of its match. */
    private final int[] matches;

    private final boolean[] taken;

    private Meteor(List<String> words, List<String> expected) {
        this.words = words;
        this.expected = expected;
        matches = new int[words.size()];
        Arrays.fill(matches, UNMATCHED);
        taken = new boolean[expected.size()];
    }

    static double score(String input, String reference) {
        Meteor meteor = new Meteor(lowerCase(input), lowerCase(reference));
        PorterStemmer stemmer = new PorterStemmer();
        meteor.match(UnaryOperator.identity());
        meteor.match(stemmer::stem);
        return meteor.score();
    }

    private static List<String> lowerCase(String text) {
        return Words.of13a(text).stream()
                .map(word -> word.toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Matches words from the last to the first, each with the last free position. */
    private void match(UnaryOperator<String> form) {
        Map<String, Deque<Integer>> left = new HashMap<>();
        for (int j = 0; j < expected.size(); j++) {
            if (!taken[j]) {
                left.computeIfAbsent(form.apply(expected.get(j)), unseen -> new ArrayDeque<>())
                        .push(j);
            }
        }
        for (int i = words.size() - 1; i >= 0; i--) {
            Deque<Integer> places = matches[i] == UNMATCHED ? left.get(form.apply(words.get(i))) : null;
            if (places != null && !places.isEmpty()) {
                matches[i] = places.pop();
                taken[matches[i]] = true;
            }
        }
    }

    private double score() {
        long matched =
                Arrays.stream(matches).filter(place -> place != UNMATCHED).count();
        if (matched == 0) {
            return 0;
        }
        double precision = (double) matched / words.size();
        double recall = (double) matched / expected.size();
        double mean = precision * recall / (RECALL_WEIGHT * precision + (1 - RECALL_WEIGHT) * recall);
        double penalty = PENALTY_WEIGHT * Math.pow((double) chunks() / matched, PENALTY_EXPONENT);
        return (1 - penalty) * mean;
    }

    /** Number of runs of words whose matches are consecutive as well. */
    private int chunks() {
        int chunks = 0;
        for (int i = 0; i < matches.length; i++) {
            boolean goesOn = i > 0 && matches[i - 1] != UNMATCHED && matches[i] == matches[i - 1] + 1;
            chunks += matches[i] != UNMATCHED && !goesOn ? 1 : 0;
        }
        return chunks;
    }
}
