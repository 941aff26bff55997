package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.access.quota.TrainingUsage;
import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.TestWorkQueues;
import dev.anneal.service.queue.Waiting;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.WorkerStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Trainings on several devices: claimed with all of them or not at all, and overtaken only for a while. */
@PostgresTest
class DeviceClaimIT {

    private final TestQueue queue = new TestQueue();

    private long training(String tenant, int devices) {
        return queue.enqueue(new NewWork(
                tenant, WorkKind.TRAIN, "supervised", NewWork.DEFAULT_PRIORITY, null, List.of(), devices, false));
    }

    private Optional<Claim> claim(int devices, int free) {
        return queue.leases.claim(Claimants.of("worker", Slot.TRAINING, TestQueue.METHODS, Set.of(), devices, free));
    }

    private long claimed(int devices, int free) {
        return claim(devices, free).orElseThrow().lease().workId();
    }

    @Test
    void aTrainingIsClaimedOnceAllOfItsDevicesAreFree() {
        long big = training("one", 3);

        assertThat(claim(2, 2)).as("a worker that is too small").isEmpty();
        assertThat(claim(4, 2)).as("two of them are in use").isEmpty();

        Claim claim = claim(4, 3).orElseThrow();
        assertThat(claim.lease().workId()).isEqualTo(big);
        assertThat(claim.part().size()).isEqualTo(3);
    }

    @Test
    void smallerOnesOvertakeItForAWhile() {
        long big = training("one", 2);
        long small = training("one", 1);
        long later = training("one", 1);

        assertThat(claimed(2, 1)).isEqualTo(small);

        TestQueue.age(big, TestQueue.OVERTAKING.plusSeconds(1));
        assertThat(claim(2, 1)).as("the free device is left to it").isEmpty();
        assertThat(claim(1, 1)).as("a worker that it cannot run on").isPresent();
        assertThat(claimed(2, 2)).isEqualTo(big);
        assertThat(later).isNotEqualTo(small);
    }

    @Test
    void trainingsOfOtherTenantsDoNotTakeWhatIsLeftToIt() {
        long big = training("one", 2);
        training("two", 1);
        TestQueue.age(big, TestQueue.OVERTAKING.plusSeconds(1));

        assertThat(claim(2, 1)).isEmpty();
        assertThat(claimed(2, 2)).isEqualTo(big);
    }

    /** The turn is that of the tenant that uses fewer devices, not of that with fewer trainings. */
    @Test
    void devicesCountInFairness() {
        training("one", 3);
        assertThat(claim(4, 4)).isPresent();
        training("two", 1);
        training("two", 1);
        assertThat(claim(4, 1).orElseThrow().tenantId()).isEqualTo("two");
        training("one", 1);

        assertThat(claim(4, 1).orElseThrow().tenantId()).isEqualTo("two");
    }

    @Test
    void devicesCountInTheLimitOfRunningTrainings() {
        TestQueue limited = new TestQueue(TestQueue.properties(3, 1, 3, Duration.ZERO));
        training("one", 2);
        assertThat(limited.claim()).as("a worker with one device").isEmpty();
        assertThat(limited.leases.claim(Claimants.of("worker", Slot.TRAINING, TestQueue.METHODS, Set.of(), 8, 8)))
                .isPresent();
        long next = training("one", 2);
        assertThat(limited.leases.claim(Claimants.of("worker", Slot.TRAINING, TestQueue.METHODS, Set.of(), 8, 6)))
                .isEmpty();
        long small = training("one", 1);

        assertThat(limited.leases.claim(Claimants.of("worker", Slot.TRAINING, TestQueue.METHODS, Set.of(), 8, 6)))
                .as("%d does not overtake %d within the tenant's limit", small, next)
                .isEmpty();
    }

    /** Devices are left to a training only if its tenant may run it. */
    @Test
    void whatItsTenantMayNotRunNowHoldsUpNobody() {
        TestQueue limited = new TestQueue(TestQueue.properties(3, 1, 3, Duration.ZERO));
        training("one", 2);
        assertThat(limited.leases.claim(Claimants.of("other", Slot.TRAINING, TestQueue.METHODS, Set.of(), 2, 2)))
                .isPresent();
        long waiting = training("one", 2);
        TestQueue.age(waiting, TestQueue.OVERTAKING.plusSeconds(1));
        long next = training("two", 1);
        training("two", 1);
        training("two", 1);

        assertThat(limited.leases
                        .claim(Claimants.of("worker", Slot.TRAINING, TestQueue.METHODS, Set.of(), 2, 2))
                        .orElseThrow()
                        .lease()
                        .workId())
                .isEqualTo(next);
        assertThat(limited.leases.claim(Claimants.of("worker", Slot.TRAINING, TestQueue.METHODS, Set.of(), 2, 1)))
                .isPresent();
    }

    /** As after an administrator has lowered the limit. */
    @Test
    void whatIsAboveTheLimitBlocksNothingBehindIt() {
        TestQueue limited = new TestQueue(TestQueue.properties(2, 1, 3, Duration.ZERO));
        long above = training("one", 4);
        TestQueue.age(above, TestQueue.OVERTAKING.plusSeconds(1));
        long small = training("one", 1);

        assertThat(limited.leases
                        .claim(Claimants.of("worker", Slot.TRAINING, TestQueue.METHODS, Set.of(), 4, 3))
                        .orElseThrow()
                        .lease()
                        .workId())
                .isEqualTo(small);
    }

    /** However many workers ask at once, none gets a part, and all of it is done. */
    @Test
    void concurrentWorkersStarveNobody() throws Exception {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(training("tenant-" + i % 3, 1 + i % 4));
        }
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try {
            List<CompletableFuture<List<Long>>> claims = new ArrayList<>();
            for (int worker = 0; worker < 4; worker++) {
                claims.add(CompletableFuture.supplyAsync(this::claimAll, workers));
            }
            List<Long> claimed = new ArrayList<>();
            for (CompletableFuture<List<Long>> each : claims) {
                claimed.addAll(each.get());
            }
            assertThat(claimed).containsExactlyInAnyOrderElementsOf(all);
        } finally {
            workers.shutdown();
        }
    }

    private List<Long> claimAll() {
        List<Long> claimed = new ArrayList<>();
        for (Optional<Claim> claim = claim(4, 4); claim.isPresent(); claim = claim(4, 4)) {
            claimed.add(claim.get().lease().workId());
            queue.leases.succeed(claim.get().lease(), Leases.nothing());
        }
        return claimed;
    }

    @Test
    void whatNoWorkerHasEnoughDevicesForSaysSo() {
        WorkerStates states = TestWorkQueues.states();
        UUID worker = UUID.randomUUID();
        states.report(
                new WorkerProcess(worker, "small"), new EngineSetup("cpu", "fp32", false, 1), 2, true, null, Set.of());
        try {
            Work big = queue.find(training("one", 4));
            Work fits = queue.find(training("one", 2));

            Waiting waiting = Objects.requireNonNull(big.waiting());
            assertThat(waiting.code()).isEqualTo("too_few_devices");
            assertThat(waiting.message())
                    .contains("needs 4 devices", "no worker or group of workers that can work has more than 2");
            assertThat(fits.waiting()).isNull();
        } finally {
            states.leave(worker);
        }
    }

    @Test
    void hoursCountDevices() {
        TrainingUsage usage = TestWorkQueues.usage();
        training("one", 3);
        Lease lease = claim(4, 4).orElseThrow().lease();
        TestDatabase.administrator()
                .sql("UPDATE attempt SET started_at = clock_timestamp() - interval '60 seconds' WHERE work_id = ?")
                .param(lease.workId())
                .update();
        queue.leases.succeed(lease, Leases.nothing());

        assertThat(TestDatabase.tenant().call("one", () -> usage.hoursThisMonth("one")))
                .isBetween(3 * 59 / 3600.0, 3 * 75 / 3600.0);
    }
}
