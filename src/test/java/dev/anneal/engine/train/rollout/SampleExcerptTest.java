package dev.anneal.engine.train.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where texts are cut. */
class SampleExcerptTest {

    private static final String WHOLE = "x".repeat(4000);

    @Test
    void aTextOf4000CharactersIsShownWhole() {
        assertThat(SampleExcerpt.begin(WHOLE)).isEqualTo(WHOLE);
        assertThat(SampleExcerpt.end(WHOLE)).isEqualTo(WHOLE);
    }

    @Test
    void longerTextsLoseTheOtherEnd() {
        assertThat(SampleExcerpt.begin(WHOLE + "end")).isEqualTo(WHOLE);
        assertThat(SampleExcerpt.end("begin" + WHOLE)).isEqualTo(WHOLE);
    }

    @Test
    void aPairOfSurrogatesIsLeftOutWhole() {
        String text = "\uD83D\uDE00" + "x".repeat(3999) + "\uD83D\uDE00";

        assertThat(SampleExcerpt.begin(text.substring(2) + "x")).isEqualTo("x".repeat(3999));
        assertThat(SampleExcerpt.end("x" + text.substring(0, 4001))).isEqualTo("x".repeat(3999));
    }
}
