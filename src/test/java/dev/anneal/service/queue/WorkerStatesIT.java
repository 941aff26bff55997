package dev.anneal.service.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** #17: training slots count as long as their worker runs and nothing is at fault there. */
@PostgresTest
class WorkerStatesIT {

    private static final WorkError DISK_FULL =
            WorkError.ofEnvironment("disk_full", "The worker's disk has no space left.");

    private final UUID one = UUID.randomUUID();
    private final UUID other = UUID.randomUUID();
    private final WorkerStates states = new WorkerStates(TestDatabase.jdbc(), TestDatabase.system());

    @Test
    void slotsOfWorkersThatRunAreCounted() {
        assertThat(slots()).isZero();

        states.report(one, "host", 2, null, Set.of());
        states.report(one, "host", 2, null, Set.of());
        states.report(other, "host", 1, null, Set.of());

        assertThat(slots()).isEqualTo(3);
    }

    @Test
    void slotsOfAWorkerWithAFaultAreNot() {
        states.report(one, "one", 2, DISK_FULL, Set.of());
        states.report(other, "other", 1, null, Set.of());
        assertThat(slots()).isEqualTo(1);

        states.report(one, "one", 2, null, Set.of());

        assertThat(slots()).isEqualTo(3);
    }

    @Test
    void slotsOfAWorkerThatEndsOrFallsSilentAreNot() {
        states.report(one, "one", 2, null, Set.of());
        states.report(other, "other", 1, null, Set.of());
        TestDatabase.administrator()
                .sql("UPDATE worker_state SET seen_at = seen_at - interval '61 seconds' WHERE id = :id")
                .param("id", other)
                .update();
        assertThat(slots()).isEqualTo(2);

        states.leave(one);

        assertThat(slots()).isZero();
    }

    private int slots() {
        return TestDatabase.system().call(states::trainingSlots);
    }
}
