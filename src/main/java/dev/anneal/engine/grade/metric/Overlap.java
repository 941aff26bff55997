package dev.anneal.engine.grade.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/** Metrics of common n-grams, words or characters of two texts. */
final class Overlap {

    /** Maximum length of n-grams in BLEU and GLEU. */
    private static final int MAX_LENGTH = 4;

    private Overlap() {}

    /**
     * BLEU of one sentence (Papineni et al. 2002) like sacrebleu's sentence_bleu: n-grams of up to 4 words, or up to
     * the input's length; lengths without a match count as half, a quarter, … of one match.
     */
    static double bleu(String input, String reference) {
        List<String> words = Words.of13a(input);
        List<String> expected = Words.of13a(reference);
        int longest = Math.min(MAX_LENGTH, words.size());
        boolean matched = false;
        double logarithms = 0;
        double smoothing = 1;
        for (int n = 1; n <= longest; n++) {
            Counts grams = new Counts(words, n);
            double matches = grams.overlap(new Counts(expected, n));
            matched |= matches > 0;
            if (matches == 0) {
                smoothing *= 2;
                matches = 1 / smoothing;
            }
            logarithms += Math.log(matches / grams.total());
        }
        double brevity = words.size() < expected.size() ? Math.exp(1 - (double) expected.size() / words.size()) : 1;
        return matched ? brevity * Math.exp(logarithms / longest) : 0;
    }

    /**
     * Google's BLEU (Wu et al. 2016): the number of common n-grams of 1 to 4 words, divided by that of the text with
     * more.
     */
    static double gleu(String input, String reference) {
        List<String> words = Words.of13a(input);
        List<String> expected = Words.of13a(reference);
        long common = 0;
        long ofInput = 0;
        long ofReference = 0;
        for (int n = 1; n <= MAX_LENGTH; n++) {
            Counts grams = new Counts(words, n);
            Counts expectedGrams = new Counts(expected, n);
            common += grams.overlap(expectedGrams);
            ofInput += grams.total();
            ofReference += expectedGrams.total();
        }
        long more = Math.max(ofInput, ofReference);
        return more == 0 ? 0 : (double) common / more;
    }

    /**
     * Cosine of the angle between two texts' counts of words. OpenAI's uses embeddings of its own model and is not
     * available for training.
     */
    static double cosine(String input, String reference) {
        Counts ofInput = new Counts(Words.ofAnyScript(input), 1);
        Counts ofReference = new Counts(Words.ofAnyScript(reference), 1);
        double lengths = Math.sqrt(ofInput.product(ofInput) * ofReference.product(ofReference));
        return lengths == 0 ? 0 : ofInput.product(ofReference) / lengths;
    }

    /**
     * Share of the characters of both texts that need be neither deleted nor inserted to turn one into the other:
     * rapidfuzz's {@code ratio} / 100. 1 for two empty texts.
     */
    static double fuzzyMatch(String input, String reference) {
        int[] characters = input.codePoints().toArray();
        int[] expected = reference.codePoints().toArray();
        int all = characters.length + expected.length;
        return all == 0 ? 1 : 2.0 * LongestCommonSubsequence.length(characters, expected) / all;
    }

    /**
     * ROUGE (Lin 2004) like Google's rouge-score without stemming: the harmonic mean of precision and recall of
     * n-grams.
     */
    static ToDoubleBiFunction<String, String> rouge(int length) {
        return (input, reference) -> {
            Counts grams = new Counts(Words.ofRouge(input), length);
            Counts expected = new Counts(Words.ofRouge(reference), length);
            return harmonicMean(grams.overlap(expected), grams.total(), expected.total());
        };
    }

    /** ROUGE-L, on the longest common subsequence of words. */
    static double rougeL(String input, String reference) {
        Map<String, Integer> numbers = new HashMap<>();
        int[] words = numbered(Words.ofRouge(input), numbers);
        int[] expected = numbered(Words.ofRouge(reference), numbers);
        return harmonicMean(LongestCommonSubsequence.length(words, expected), words.length, expected.length);
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
