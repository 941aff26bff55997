package dev.anneal.service.queue.lease;

import static dev.anneal.service.queue.lease.TestQueue.training;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.access.quota.Quota;
import dev.anneal.service.access.quota.TestQuotas;
import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What is claimed next: fairness between tenants first, then priority and age within one. */
@PostgresTest
class FairClaimIT {

    private final TestQueue queue = new TestQueue();

    @Test
    void claimGivesALeaseAndSaysWhatToDo() {
        long id = queue.enqueue(new NewWork("one", WorkKind.TRAIN, "supervised", 3, "00-trace"));

        Claim claim = queue.claim().orElseThrow();

        assertThat(claim.lease().workId()).isEqualTo(id);
        assertThat(claim.lease().token()).isEqualTo(1);
        assertThat(claim.tenantId()).isEqualTo("one");
        assertThat(claim.kind()).isEqualTo(WorkKind.TRAIN);
        assertThat(claim.traceparent()).isEqualTo("00-trace");
        Work work = queue.find(id);
        assertThat(work.state()).isEqualTo(WorkState.RUNNING);
        assertThat(work.worker()).isEqualTo("worker");
        assertThat(work.deadlineAt()).isEqualTo(claim.deadlineAt());
        assertThat(queue.attempts(id)).extracting(Attempt::number).containsExactly(1L);
    }

    @Test
    void nothingIsClaimedFromAnEmptyQueue() {
        assertThat(queue.claim()).isEmpty();
    }

    @Test
    void tenantThatRunsLeastGoesFirst() {
        queue.enqueue(training("busy", 0));
        queue.enqueue(training("busy", 0));
        assertThat(claimedTenant()).contains("busy");
        queue.enqueue(training("idle", 9));

        assertThat(claimedTenant()).contains("idle");
    }

    @Test
    void tenantsTakeTurnsHoweverMuchEachHasQueued() {
        for (int item = 0; item < 6; item++) {
            queue.enqueue(training("large"));
        }
        queue.enqueue(training("small"));
        queue.enqueue(training("small"));
        queue.enqueue(training("tiny"));

        List<String> order = new ArrayList<>();
        for (Optional<Claim> claim = queue.claim(); claim.isPresent(); claim = queue.claim()) {
            order.add(claim.get().tenantId());
        }
        assertThat(order).startsWith("large", "small", "tiny", "large", "small").hasSize(9);
    }

    @Test
    void lastClaimDecidesAmongTenantsThatRunNothing() {
        queue.enqueue(training("a"));
        queue.enqueue(training("a"));
        queue.enqueue(training("b"));
        queue.leases.succeed(queue.claim().orElseThrow().lease(), Leases.nothing());

        assertThat(claimedTenant()).contains("b");
    }

    @Test
    void priorityOrdersWithinATenant() {
        long low = queue.enqueue(training("one", 9));
        long high = queue.enqueue(training("one", 0));

        assertThat(claimedId()).contains(high);
        assertThat(claimedId()).contains(low);
    }

    @Test
    void aMinuteOfWaitingOutweighsALevelOfPriority() {
        long patient = queue.enqueue(training("one", 6));
        long urgent = queue.enqueue(training("one", 5));
        TestQueue.age(patient, Duration.ofSeconds(59));
        assertThat(claimedId()).contains(urgent);

        long laterUrgent = queue.enqueue(training("one", 5));
        TestQueue.age(patient, Duration.ofSeconds(2));
        assertThat(claimedId()).contains(patient);
        assertThat(claimedId()).contains(laterUrgent);
    }

    @Test
    void runningLimitOfATenantHolds() {
        TestQueue limited = new TestQueue(TestQueue.properties(2, 0, 3, Duration.ZERO));
        for (int item = 0; item < 3; item++) {
            limited.enqueued();
        }
        Lease first = limited.claim().orElseThrow().lease();
        assertThat(limited.claim()).isPresent();
        assertThat(limited.claim()).isEmpty();

        limited.leases.succeed(first, Leases.nothing());
        assertThat(limited.claim()).isPresent();
    }

    @Test
    void quotaOfATenantReplacesTheLimitForItsTrainings() {
        TestQuotas.quotas().save("one", new Quota(1, null, null, null, null));
        queue.enqueued();
        queue.enqueued();
        queue.enqueue(new NewWork("one", WorkKind.EXPORT, "merged", 5, null));
        queue.enqueue(new NewWork("one", WorkKind.EXPORT, "merged", 5, null));

        assertThat(queue.claim()).isPresent();
        assertThat(queue.claim()).isEmpty();
        assertThat(queue.leases.claim(Claimants.of("worker", Slot.LIGHT, TestQueue.METHODS, Set.of())))
                .isPresent();
        assertThat(queue.leases.claim(Claimants.of("worker", Slot.LIGHT, TestQueue.METHODS, Set.of())))
                .isPresent();
    }

    @Test
    void methodThatTheWorkerDoesNotKnowIsLeftForOthers() {
        queue.enqueue(new NewWork("one", WorkKind.TRAIN, "newer", 0, null));
        long known = queue.enqueued();

        assertThat(claimedId()).contains(known);
        assertThat(queue.claim()).isEmpty();
        assertThat(queue.leases.claim(Claimants.of("newer", Slot.TRAINING, Set.of("newer"), Set.of())))
                .isPresent();
    }

    @Test
    void shortWorkHasSlotsOfItsOwn() {
        queue.enqueued();
        long export = queue.enqueue(new NewWork("one", WorkKind.EXPORT, "merged", 5, null));

        assertThat(queue.leases.claim(Claimants.of("worker", Slot.LIGHT, TestQueue.METHODS, Set.of())))
                .hasValueSatisfying(claim -> assertThat(claim.lease().workId()).isEqualTo(export));
        assertThat(queue.leases.claim(Claimants.of("worker", Slot.LIGHT, TestQueue.METHODS, Set.of())))
                .isEmpty();
    }

    @Test
    void workIsNotClaimedBeforeItsTime() {
        long id = queue.enqueued();
        TestQueue.age(id, Duration.ofMinutes(-1));
        assertThat(queue.claim()).isEmpty();

        TestQueue.age(id, Duration.ofMinutes(1));
        assertThat(claimedId()).contains(id);
    }

    @Test
    void rowThatAClientIsChangingIsPassedOver() {
        long first = queue.enqueued();
        long second = queue.enqueued();

        Optional<Long> claimed = queue.asTenant(() -> {
            queue.queue.cancel(first);
            return CompletableFuture.supplyAsync(this::claimedId).join();
        });

        assertThat(claimed).contains(second);
    }

    @Test
    void concurrentWorkersClaimEachItemOnceAndKeepTheLimit() throws Exception {
        TestQueue limited = new TestQueue(TestQueue.properties(20, 0, 3, Duration.ZERO));
        for (int item = 0; item < 120; item++) {
            limited.enqueue(training("tenant-" + item % 4));
        }
        ExecutorService workers = Executors.newFixedThreadPool(8);
        try {
            List<Callable<List<Long>>> tasks = new ArrayList<>();
            for (int worker = 0; worker < 8; worker++) {
                tasks.add(() -> claimAll(limited));
            }
            List<Long> claimed = new ArrayList<>();
            for (Future<List<Long>> task : workers.invokeAll(tasks)) {
                claimed.addAll(task.get());
            }
            assertThat(claimed).doesNotHaveDuplicates().hasSize(80);
        } finally {
            workers.shutdownNow();
        }
        List<Long> runningByTenant = TestDatabase.system()
                .call(() -> TestDatabase.jdbc()
                        .sql("SELECT count(*) FROM work WHERE state = 'RUNNING' GROUP BY tenant_id")
                        .query(Long.class)
                        .list());
        assertThat(runningByTenant).containsExactly(20L, 20L, 20L, 20L);
    }

    private static List<Long> claimAll(TestQueue queue) {
        List<Long> claimed = new ArrayList<>();
        for (Optional<Claim> claim = queue.claim(); claim.isPresent(); claim = queue.claim()) {
            claimed.add(claim.get().lease().workId());
        }
        return claimed;
    }

    private Optional<String> claimedTenant() {
        return queue.claim().map(Claim::tenantId);
    }

    private Optional<Long> claimedId() {
        return queue.claim().map(claim -> claim.lease().workId());
    }
}
