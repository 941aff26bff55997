package dev.anneal.engine.network.drafting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Draft tokens of short texts. */
class PromptLookupTest {

    private static final int[] NO_PREDICTION = {};

    @Test
    void nothingIsDraftedWhereTheLastTwoTokensAreNew() {
        assertThat(lookup(1, 2, 3, 4, 9, 4).draft(3)).isEmpty();
        assertThat(lookup(4).draft(3)).isEmpty();
    }

    @Test
    void whatFollowedTheLastTokensIsDrafted() {
        assertThat(lookup(1, 2, 3, 4, 5, 6, 1, 2).draft(3)).containsExactly(3, 4, 5);
    }

    @Test
    void theLongestMatchCounts() {
        assertThat(lookup(7, 1, 2, 5, 8, 1, 2, 6, 7, 1, 2).draft(1)).containsExactly(5);
    }

    @Test
    void ofEquallyLongMatchesTheLatestCounts() {
        assertThat(lookup(1, 2, 5, 1, 2, 6, 1, 2).draft(1)).containsExactly(6);
    }

    @Test
    void tokensOfTheAnswerAreLookedUpToo() {
        PromptLookup lookup = lookup(1, 2, 3);
        for (int token : new int[] {8, 9, 4, 8, 9}) {
            lookup.add(token);
        }

        assertThat(lookup.draft(1)).containsExactly(4);
    }

    @Test
    void whatRepeatsItselfIsDraftedBeyondTheEnd() {
        assertThat(lookup(1, 5, 6, 5, 6).draft(5)).containsExactly(5, 6, 5, 6, 5);
        assertThat(lookup(1, 5, 5, 5).draft(3)).containsExactly(5, 5, 5);
    }

    @Test
    void aPredictionIsDraftedFromItsFirstTokenOn() {
        PromptLookup lookup = new PromptLookup(new int[] {1, 2, 3}, new int[] {7, 8, 9, 10});
        lookup.add(7);

        assertThat(lookup.draft(3)).containsExactly(8, 9, 10);
    }

    @Test
    void aPredictionGoesOnAfterAWrongToken() {
        PromptLookup lookup = new PromptLookup(new int[] {1}, new int[] {7, 8, 9, 10, 11});
        for (int token : new int[] {7, 30, 9, 10}) {
            lookup.add(token);
        }

        assertThat(lookup.draft(1)).containsExactly(11);
    }

    private static PromptLookup lookup(int... prompt) {
        return new PromptLookup(prompt, NO_PREDICTION);
    }
}
