package dev.anneal.service.worker.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A process hangs when a step takes many times longer than its steps do. */
class StallWatchTest {

    private final StallWatch watch = new StallWatch(Duration.ofSeconds(100), Duration.ofSeconds(10), 5, 0);

    @Test
    void beforeTheFirstStepTheStartTimeoutCounts() {
        assertThat(watch.verdict(seconds(100))).isEmpty();
        assertThat(watch.verdict(seconds(101))).contains(StopReason.NO_START);
    }

    @Test
    void aSignOfLifeBeforeTheFirstStepDoesNotProlongTheStart() {
        watch.alive(seconds(90));

        assertThat(watch.verdict(seconds(101))).contains(StopReason.NO_START);
    }

    @Test
    void shortStepsHaveTheShortestLimit() {
        watch.step(0.1, seconds(50));

        assertThat(watch.verdict(seconds(60))).isEmpty();
        assertThat(watch.verdict(seconds(61))).contains(StopReason.NO_PROGRESS);
    }

    @Test
    void longStepsHaveAMultipleOfTheirMedian() {
        watch.step(60, seconds(100));
        watch.step(20, seconds(120));
        watch.step(20, seconds(140));

        assertThat(watch.limit()).isEqualTo(Duration.ofSeconds(100));
        assertThat(watch.verdict(seconds(240))).isEmpty();
        assertThat(watch.verdict(seconds(241))).contains(StopReason.NO_PROGRESS);
    }

    @Test
    void aSavedCheckpointIsProgress() {
        watch.step(0.1, seconds(50));
        watch.alive(seconds(58));

        assertThat(watch.verdict(seconds(65))).isEmpty();
    }

    @Test
    void aValidationThatComesBeforeTheFirstStepEndsTheStart() {
        watch.computing(seconds(95));
        watch.computing(seconds(105));

        assertThat(watch.verdict(seconds(115))).isEmpty();
        assertThat(watch.verdict(seconds(116))).contains(StopReason.NO_PROGRESS);
    }

    @Test
    void workWithoutStepsThatShowsNoLifeHasNotStarted() {
        assertThat(export().verdict(seconds(20))).isEmpty();
        assertThat(export().verdict(seconds(21))).contains(StopReason.NO_START);
    }

    @Test
    void workWithoutStepsHangsAfterItsLastSignOfLife() {
        StallWatch export = export();
        export.alive(seconds(19));

        assertThat(export.verdict(seconds(29))).isEmpty();
        assertThat(export.verdict(seconds(30))).contains(StopReason.NO_PROGRESS);
    }

    @Test
    void workWithoutStepsHasItsTimeInAllHoweverAliveItIs() {
        StallWatch export = export();
        for (int second = 1; second <= 61; second++) {
            export.alive(seconds(second));
        }

        assertThat(export.verdict(seconds(60))).isEmpty();
        assertThat(export.verdict(seconds(61))).contains(StopReason.TIME_LIMIT);
    }

    private static StallWatch export() {
        return StallWatch.withoutSteps(Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(60), 0);
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
