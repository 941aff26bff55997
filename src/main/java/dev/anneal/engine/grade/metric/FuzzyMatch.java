package dev.anneal.engine.grade.metric;

/** Share of the characters of both texts that need neither be removed nor put in to make one of the other: {@code ratio} of rapidfuzz, by 100. Two empty texts are alike. */
final class FuzzyMatch {

    private FuzzyMatch() {}

    static double similarity(String input, String reference) {
        int[] characters = input.codePoints().toArray();
        int[] expected = reference.codePoints().toArray();
        int all = characters.length + expected.length;
        return all == 0 ? 1 : 2.0 * CommonSubsequence.length(characters, expected) / all;
    }
}
