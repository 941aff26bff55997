package dev.anneal.engine.grade.metric;

import java.util.List;

/** Google's BLEU (Wu et al. 2016): of all runs of 1 to 4 words, those in common by those of the text that has more. */
final class Gleu {

    private static final int MAX_RUN = 4;

    private Gleu() {}

    static double score(String input, String reference) {
        List<String> words = Words.of13a(input);
        List<String> expected = Words.of13a(reference);
        long common = 0;
        long ofInput = 0;
        long ofReference = 0;
        for (int n = 1; n <= MAX_RUN; n++) {
            Counts runs = new Counts(words, n);
            Counts expectedRuns = new Counts(expected, n);
            common += runs.overlap(expectedRuns);
            ofInput += runs.total();
            ofReference += expectedRuns.total();
        }
        long more = Math.max(ofInput, ofReference);
        return more == 0 ? 0 : (double) common / more;
    }
}
