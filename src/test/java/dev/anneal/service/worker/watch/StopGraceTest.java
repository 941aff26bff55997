package dev.anneal.service.worker.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.HeardLog;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who saves much is given time for it, but no more than the platform gives. */
class StopGraceTest {

    private static final Duration SHORTEST = Duration.ofSeconds(12);
    private static final Duration LONGEST = Duration.ofSeconds(570);

    @RegisterExtension
    final HeardLog log = new HeardLog();

    private final StopGrace grace = new StopGrace(SHORTEST, LONGEST);

    @Test
    void processThatHasSavedNothingYetHasTheShortest() {
        assertThat(grace.ofProcess()).isEqualTo(SHORTEST);
        assertThat(grace.ofShutdown()).isEqualTo(SHORTEST);
    }

    /** 14 billion weights with their optimizer are 224 GB: at 2 GB/s two minutes to save, at 1 GB/s four to store. */
    @Test
    void checkpointOfALargeTrainingHasTwiceItsTime() {
        grace.stepped(30);
        grace.saved(112);

        assertThat(grace.ofProcess()).isEqualTo(Duration.ofSeconds(12 + 2 * (30 + 112)));
        assertThat(grace.ofShutdown()).isEqualTo(Duration.ofSeconds(12 + 2 * (30 + 112)));

        grace.stored(Duration.ofSeconds(224));

        assertThat(grace.ofProcess()).as("clients wait for the process").isEqualTo(Duration.ofSeconds(296));
        assertThat(grace.ofShutdown()).isEqualTo(LONGEST);
    }

    @Test
    void lastCheckpointCounts() {
        grace.saved(100);
        grace.saved(1);

        assertThat(grace.ofProcess()).isEqualTo(Duration.ofSeconds(14));
    }

    /** The compose file gives a process 45 s at least and at most: more than a small training needs. */
    @Test
    void shortStepsAndCheckpointsAreNoReasonToWarn() {
        StopGrace ofCompose = new StopGrace(Duration.ofSeconds(45), Duration.ofSeconds(45));

        ofCompose.stepped(0.4);
        ofCompose.saved(0.1);
        ofCompose.stored(Duration.ofMillis(300));

        assertThat(log.lines()).isEmpty();
    }

    @Test
    void twiceTheTimeOfAStepAndACheckpointMustFit() {
        grace.stepped(30);
        grace.saved(112);
        grace.stored(Duration.ofSeconds(224));

        assertThat(log.lines())
                .singleElement()
                .satisfies(
                        line -> assertThat(line.getFormattedMessage()).contains("now PT9M30S, is at least PT12M12S"));
    }
}
