package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Differences of logits, position by position. */
class LogitDifferenceTest {

    private final LogitDifference difference = new LogitDifference();

    @Test
    void figuresAreThoseOfTheLogits() {
        float[] expected = {1, 3, 2, 0, 0, 0};
        float[] found = {1, 3, 2.5f, 0, 0, 0};
        difference.add(expected, found, 0, 3);
        difference.add(expected, found, 3, 3);

        AnswerDifference summary = difference.summary();

        assertThat(summary.positions()).isEqualTo(2);
        assertThat(summary.maxLogit()).isEqualTo(0.5);
        assertThat(summary.meanLogit()).isCloseTo(0.5 / 6, within(1e-12));
        assertThat(summary.meanSpan()).isEqualTo(1);
        assertThat(summary.maxShare()).isEqualTo(0.25);
        double before = Math.log(Math.exp(1) + Math.exp(3) + Math.exp(2));
        double after = Math.log(Math.exp(1) + Math.exp(3) + Math.exp(2.5));
        assertThat(summary.meanDivergence())
                .isCloseTo((after - before - 0.5 * Math.exp(2 - before)) / 2, within(1e-12));
    }

    /** The first choice leads by 1 at the first position, and at the second by less than the largest difference, which is no disagreement. */
    @Test
    void firstChoicesCountWhereTheyLeadClearly() {
        difference.add(new float[] {1, 3}, new float[] {1, 3.4f}, 0, 2);
        difference.add(new float[] {1, 1.2f}, new float[] {1.3f, 1.2f}, 0, 2);
        assertThat(difference.summary().topAgreement()).isEqualTo(1.0);

        difference.add(new float[] {1, 3}, new float[] {1, 1.2f}, 0, 2);
        difference.add(new float[] {0, 9}, new float[] {8, 7.5f}, 0, 2);
        assertThat(difference.summary().topAgreement()).isEqualTo(0.0);
    }

    @Test
    void noNumberIsNoSmallDifference() {
        difference.add(new float[] {1, 3}, new float[] {Float.NaN, 3}, 0, 2);
        difference.add(new float[] {1, 3}, new float[] {1, 3}, 0, 2);

        assertThat(difference.summary().maxLogit()).isNaN();
    }
}
