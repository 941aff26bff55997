package dev.anneal.engine.export.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Differences of logits, position by position. */
class LogitDifferenceTest {

    private final TensorScope scope = TensorScope.open(TestDevice.NAME);

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void figuresAreThoseOfTheLogits() throws IOException {
        AnswerDifference summary =
                between(new float[][] {{1, 3, 2}, {0, 0, 0}}, new float[][] {{1, 3, 2.5f}, {0, 0, 0}});

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

    /**
     * The first choice leads by 2 at the first position, and at the second by less than the largest difference, which
     * is no disagreement.
     */
    @Test
    void firstChoicesCountWhereTheyLeadClearly() throws IOException {
        assertThat(between(new float[][] {{1, 3}, {1, 1.2f}}, new float[][] {{1, 3.4f}, {1.3f, 1.2f}})
                        .topAgreement())
                .isEqualTo(1.0);
        assertThat(between(
                                new float[][] {{1, 3}, {1, 1.2f}, {1, 3}, {0, 9}},
                                new float[][] {{1, 3.4f}, {1.3f, 1.2f}, {1, 1.2f}, {8, 7.5f}})
                        .topAgreement())
                .isEqualTo(0.0);
    }

    @Test
    void noNumberIsNoSmallDifference() throws IOException {
        assertThat(between(new float[][] {{1, 3}, {1, 3}}, new float[][] {{Float.NaN, 3}, {1, 3}})
                        .maxLogit())
                .isNaN();
    }

    /** The norm of Gemma multiplies with 1 + w. */
    @Test
    void whatIsAddedToTheNormsWeight() {
        LogitDifference difference = new LogitDifference(scope, new LogitDifference.FinalNorm(1e-12, 1), () -> {});

        assertThat(difference
                        .normed(
                                List.of(scope.floats(new float[] {3, -4}, 1, 2)),
                                scope.floats(new float[] {1, 0.5f}, 2))
                        .toFloats())
                .containsExactly(
                        new float[] {3 / (float) Math.sqrt(12.5) * 2, -4 / (float) Math.sqrt(12.5) * 1.5f},
                        within(1e-6f));
    }

    private AnswerDifference between(float[][] expected, float[][] found) throws IOException {
        return new LogitDifference(scope, new LogitDifference.FinalNorm(1e-6, 0), () -> {})
                .between(side(expected), side(found), expected[0].length);
    }

    /** Logits are their own states if the output embedding is the identity. */
    private LogitDifference.Side side(float[][] logits) {
        int width = logits[0].length;
        float[] all = new float[logits.length * width];
        for (int at = 0; at < logits.length; at++) {
            System.arraycopy(logits[at], 0, all, at * width, width);
        }
        float[] identity = new float[width * width];
        for (int at = 0; at < width; at++) {
            identity[at * width + at] = 1;
        }
        return new LogitDifference.Side(
                scope.floats(all, logits.length, width),
                (owner, first, count) -> owner.floats(
                        Arrays.copyOfRange(identity, (int) first * width, (int) (first + count) * width),
                        count,
                        width));
    }
}
