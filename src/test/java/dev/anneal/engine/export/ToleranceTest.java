package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The limits of a merge: logits in fp32, predictions where weights are rounded, and never a NaN. */
class ToleranceTest {

    @Test
    void exactWeightsAreHeldToTheirLogits() {
        assertThat(Tolerance.EXACT.holds(new AnswerDifference(1, 5e-4, 0, 0, 1)))
                .isTrue();
        assertThat(Tolerance.EXACT.holds(new AnswerDifference(1, 5.1e-4, 0, 1, 0)))
                .isFalse();
    }

    @Test
    void roundedWeightsAreHeldToTheirPredictions() {
        assertThat(Tolerance.ROUNDED.holds(new AnswerDifference(1, 5, 1, 0.99, 1e-2)))
                .isTrue();
        assertThat(Tolerance.ROUNDED.holds(new AnswerDifference(1, 0, 0, 0.98, 0)))
                .isFalse();
        assertThat(Tolerance.ROUNDED.holds(new AnswerDifference(1, 0, 0, 1, 1.1e-2)))
                .isFalse();
    }

    @Test
    void answersThatAreNoNumbersAreRefused() {
        AnswerDifference nothing = new AnswerDifference(1, Double.NaN, Double.NaN, 1, Double.NaN);

        assertThat(Tolerance.EXACT.holds(nothing)).isFalse();
        assertThatThrownBy(() -> Tolerance.ROUNDED.require(nothing))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.MERGE_NOT_EQUIVALENT))
                .hasMessageContaining("with dtype float32 nothing is rounded");
    }
}
