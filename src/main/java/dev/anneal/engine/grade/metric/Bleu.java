package dev.anneal.engine.grade.metric;

import java.util.List;

/** BLEU of one sentence (Papineni et al. 2002) as sacrebleu's sentence_bleu: runs of up to 4 words, as many as the input has; a run length without a match counts as half, a quarter, … of one. */
final class Bleu {

    private static final int MAX_RUN = 4;

    private Bleu() {}

    static double score(String input, String reference) {
        List<String> words = Words.of13a(input);
        List<String> expected = Words.of13a(reference);
        int longest = Math.min(MAX_RUN, words.size());
        boolean matched = false;
        double logarithms = 0;
        double smoothing = 1;
        for (int n = 1; n <= longest; n++) {
            Counts runs = new Counts(words, n);
            double matches = runs.overlap(new Counts(expected, n));
            matched |= matches > 0;
            if (matches == 0) {
                smoothing *= 2;
                matches = 1 / smoothing;
            }
            logarithms += Math.log(matches / runs.total());
        }
        return matched ? brevity(words.size(), expected.size()) * Math.exp(logarithms / longest) : 0;
    }

    /** What an input shorter than its reference loses. */
    private static double brevity(int words, int expected) {
        return words < expected ? Math.exp(1 - (double) expected / words) : 1;
    }
}
