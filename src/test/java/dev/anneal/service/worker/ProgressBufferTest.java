package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ReportedSteps;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events wait in order for the database; a long outage costs old steps and nothing else. */
class ProgressBufferTest {

    @Test
    void keepsWhatIsNotRemoved() {
        ProgressBuffer buffer = new ProgressBuffer(10);
        buffer.add(step(1));
        buffer.add(step(2));
        List<Progress> published = buffer.oldest(1);
        buffer.add(step(3));

        buffer.remove(published);

        assertThat(buffer.oldest(10)).containsExactly(step(2), step(3));
    }

    @Test
    void beyondItsLimitTheOldestStepsAreDropped() {
        ProgressBuffer buffer = new ProgressBuffer(3);
        Progress checkpoint = new Progress.CheckpointSaved(1, 0.5, "/x", 1);
        buffer.add(step(1));
        buffer.add(checkpoint);
        buffer.add(step(2));
        List<Progress> beingPublished = buffer.oldest(3);

        buffer.add(step(3));
        buffer.add(step(4));

        assertThat(buffer.oldest(10)).containsExactly(checkpoint, step(3), step(4));
        buffer.remove(beingPublished);
        assertThat(buffer.oldest(10)).containsExactly(step(3), step(4));
    }

    @Test
    void aSignOfLifeGivesWayToWhateverIsNewer() {
        ProgressBuffer buffer = new ProgressBuffer(10);
        buffer.add(new Progress.Working());
        buffer.add(step(1));
        buffer.add(new Progress.Working());
        buffer.add(new Progress.Working());

        assertThat(buffer.oldest(10)).containsExactly(step(1), new Progress.Working());
    }

    @Test
    void aCheckpointEndsTheWaitAndStepsDoNot() throws InterruptedException {
        ProgressBuffer buffer = new ProgressBuffer(10);
        buffer.add(new Progress.CheckpointSaved(1, 0.5, "/x", 1));

        long begun = System.nanoTime();
        buffer.awaitNews(Duration.ofHours(1));
        buffer.add(step(1));
        buffer.awaitNews(Duration.ofMillis(50));

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(50), Duration.ofMinutes(1));
    }

    private static Progress.Step step(int step) {
        return ReportedSteps.step(step, 10, 1.0, 1);
    }
}
