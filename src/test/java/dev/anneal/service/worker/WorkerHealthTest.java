package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** When a worker counts as dead. */
class WorkerHealthTest {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void workerThatBeatsIsAlive() {
        Health health = after(Optional.of(Duration.ofMinutes(2)));

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("secondsSinceHeartbeat", 120L);
    }

    @Test
    void workerThatHasBeenSilentForTooLongIsDead() {
        assertThat(after(Optional.of(Duration.ofSeconds(121))).getStatus()).isEqualTo(Status.DOWN);
    }

    @Test
    void processWithoutWorkerOrThatStopsIsAlive() {
        assertThat(after(Optional.empty()).getStatus()).isEqualTo(Status.UP);
    }

    private static Health after(Optional<Duration> silence) {
        return WorkerHealth.ofHeartbeats(silence, LIMIT);
    }
}
