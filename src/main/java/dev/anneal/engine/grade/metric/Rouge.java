package dev.anneal.engine.grade.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** ROUGE (Lin 2004) as Google's rouge-score without stemming: the harmonic mean of precision and recall. */
final class Rouge {

    private Rouge() {}

    /** Of runs of n words. */
    static double ofGrams(String input, String reference, int length) {
        Counts runs = new Counts(Words.ofRouge(input), length);
        Counts expected = new Counts(Words.ofRouge(reference), length);
        return harmonicMean(runs.overlap(expected), runs.total(), expected.total());
    }

    /** Of the longest sequence of words that both have in this order, with others between them. */
    static double ofSubsequence(String input, String reference) {
        Map<String, Integer> numbers = new HashMap<>();
        int[] words = numbered(Words.ofRouge(input), numbers);
        int[] expected = numbered(Words.ofRouge(reference), numbers);
        return harmonicMean(CommonSubsequence.length(words, expected), words.length, expected.length);
    }

    private static int[] numbered(List<String> words, Map<String, Integer> numbers) {
        return words.stream()
                .mapToInt(word -> numbers.computeIfAbsent(word, unseen -> numbers.size()))
                .toArray();
    }

    private static double harmonicMean(int common, int ofInput, int ofReference) {
        return common == 0 ? 0 : 2.0 * common / (ofInput + ofReference);
    }
}
