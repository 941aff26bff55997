package dev.anneal.engine.network.drafting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is expected of draft tokens after those before them. */
class AcceptanceRateTest {

    private final AcceptanceRate rate = new AcceptanceRate(0.99);

    @Test
    void theShareOfRightOnesIsExpected() {
        for (int step = 0; step < 2000; step++) {
            rate.note(4, 3);
        }

        assertThat(rate.expected(0.5, 1)).isBetween(0.74, 0.76);
    }

    /** A draft that is always wrong is tried again after some hundred steps without it, not after a few. */
    @Test
    void whatWasWrongIsTriedAgainInTime() {
        for (int step = 0; step < 100; step++) {
            rate.note(4, 0);
        }
        assertThat(rate.expected(0.5, 1)).isLessThan(0.02);

        for (int step = 0; step < 50; step++) {
            rate.note(0, 0);
        }
        assertThat(rate.expected(0.5, 1)).isLessThan(0.02);
        for (int step = 0; step < 400; step++) {
            rate.note(0, 0);
        }
        assertThat(rate.expected(0.5, 1)).isBetween(0.2, 0.5);
    }
}
