package dev.anneal.service.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.EngineSetup;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** #17: what running workers report counts: training slots where nothing is at fault, and how trainings are set up. */
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

        states.report(new WorkerProcess(one, "host"), TestWorkQueues.ENGINE, 2, true, null, Set.of());
        states.report(new WorkerProcess(one, "host"), TestWorkQueues.ENGINE, 2, true, null, Set.of());
        states.report(new WorkerProcess(other, "host"), TestWorkQueues.ENGINE, 1, true, null, Set.of());

        assertThat(slots()).isEqualTo(3);
    }

    @Test
    void slotsOfAWorkerWithAFaultAreNot() {
        states.report(new WorkerProcess(one, "one"), TestWorkQueues.ENGINE, 2, true, DISK_FULL, Set.of());
        states.report(new WorkerProcess(other, "other"), TestWorkQueues.ENGINE, 1, true, null, Set.of());
        assertThat(slots()).isEqualTo(1);

        states.report(new WorkerProcess(one, "one"), TestWorkQueues.ENGINE, 2, true, null, Set.of());

        assertThat(slots()).isEqualTo(3);
    }

    @Test
    void slotsOfAWorkerThatEndsOrFallsSilentAreNot() {
        states.report(new WorkerProcess(one, "one"), TestWorkQueues.ENGINE, 2, true, null, Set.of());
        states.report(new WorkerProcess(other, "other"), TestWorkQueues.ENGINE, 1, true, null, Set.of());
        TestDatabase.administrator()
                .sql("UPDATE worker_state SET seen_at = seen_at - interval '61 seconds' WHERE id = :id")
                .param("id", other)
                .update();
        assertThat(slots()).isEqualTo(2);

        states.leave(one);

        assertThat(slots()).isZero();
    }

    /** A worker with a fault will have its devices again; one without devices only exports and evaluates. */
    @Test
    void largestWorkerIsThatWithTheMostDevices() {
        assertThat(largest()).isEmpty();
        states.report(new WorkerProcess(one, "light"), TestWorkQueues.ENGINE, 0, true, null, Set.of());
        assertThat(largest()).isEmpty();

        states.report(new WorkerProcess(one, "one"), TestWorkQueues.ENGINE, 2, true, DISK_FULL, Set.of());
        states.report(new WorkerProcess(other, "other"), TestWorkQueues.ENGINE, 1, true, null, Set.of());
        assertThat(largest()).contains(new WorkerStates.LargestWorker(2, 2, 2));

        TestDatabase.administrator()
                .sql("UPDATE worker_state SET seen_at = seen_at - interval '61 seconds' WHERE id = :id")
                .param("id", one)
                .update();
        assertThat(largest()).contains(new WorkerStates.LargestWorker(1, 1, 1));
    }

    /** Those who started earlier go on reporting. */
    @Test
    void newestWorkerTellsHowTrainingsAreSetUp() {
        EngineSetup newer = new EngineSetup("cuda:0", "bf16", true, 1);
        assertThat(newestEngine()).isEmpty();

        states.report(new WorkerProcess(one, "one"), TestWorkQueues.ENGINE, 2, true, null, Set.of());
        states.report(new WorkerProcess(other, "other"), newer, 2, true, DISK_FULL, Set.of());
        states.report(new WorkerProcess(one, "one"), TestWorkQueues.ENGINE, 1, true, null, Set.of());
        assertThat(newestEngine()).contains(newer);

        states.leave(other);
        assertThat(newestEngine()).contains(TestWorkQueues.ENGINE);

        TestDatabase.administrator()
                .sql("UPDATE worker_state SET seen_at = seen_at - interval '61 seconds'")
                .update();
        assertThat(newestEngine()).isEmpty();
    }

    private Optional<EngineSetup> newestEngine() {
        return TestDatabase.system().call(states::newestEngine);
    }

    /** As tenants' requests see it. */
    private Optional<WorkerStates.LargestWorker> largest() {
        return TestDatabase.tenant().call("alpha", states::largest);
    }

    private int slots() {
        return TestDatabase.system().call(states::trainingSlots);
    }
}
