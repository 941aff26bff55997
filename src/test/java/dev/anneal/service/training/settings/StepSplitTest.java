package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a step on several devices takes, compared with one on a device alone. */
class StepSplitTest {

    /** Rows that the slowest device computes, of portions with as many rows as possible each. */
    @ParameterizedTest
    @CsvSource({
        "8, 1, 1, 8, 1",
        "8, 2, 2, 4, 1",
        "10, 4, 4, 3, 1",
        "3, 2, 2, 2, 1",
        "8, 1, 8, 8, 8",
        "10, 1, 8, 10, 8",
        "10, 2, 8, 5, 4",
        "12, 8, 8, 2, 1",
        "8, 3, 8, 3, 3",
        "4, 2, 4, 2, 2"
    })
    void stepEndsWithItsSlowestDevice(int rows, int devices, int portions, int slowest, int rounds) {
        StepSplit split = new StepSplit(rows, devices, portions);

        assertThat(split.shareOfPasses() * rows).isCloseTo(slowest, within(1e-9));
        assertThat(split.rounds()).isEqualTo(rounds);
    }

    @Test
    void whatIsDealtRowByRowEndsWithTheDeviceThatHasOneMore() {
        assertThat(new StepSplit(10, 4, 4).largestShare()).isEqualTo(0.3);
        assertThat(new StepSplit(8, 4, 4).largestShare()).isEqualTo(0.25);
    }
}
