package dev.anneal.service.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.database.PostgresTest;
import dev.anneal.service.database.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** #17: slots count as long as their worker runs. */
@PostgresTest
class TrainingSlotsIT {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final TrainingSlots slots = MachineFixture.slots();

    @Test
    void slotsOfWorkersThatRunAreCounted() {
        assertThat(count()).isZero();

        slots.offer("process-1", "host", 2, MINUTE);
        slots.offer("process-1", "host", 2, MINUTE);
        slots.offer("process-2", "host", 1, MINUTE);

        assertThat(count()).isEqualTo(3);
    }

    @Test
    void slotsOfAWorkerThatEndsOrFallsSilentAreNot() {
        slots.offer("process-1", "host", 2, MINUTE);
        slots.offer("process-2", "host", 1, Duration.ZERO);
        assertThat(count()).isEqualTo(2);

        slots.withdraw("process-1");

        assertThat(count()).isZero();
    }

    private int count() {
        return TestDatabase.system().call(slots::count);
    }
}
