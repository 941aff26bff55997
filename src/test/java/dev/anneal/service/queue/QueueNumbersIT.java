package dev.anneal.service.queue;

import static dev.anneal.service.queue.lease.TestQueue.training;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.queue.lease.TestQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is shown of the queue is what the claim then does. */
@PostgresTest
class QueueNumbersIT {

    private final TestQueue queue = new TestQueue();

    @Test
    void positionsAreTheOrderOfTheClaims() {
        Random random = new Random(7);
        Map<String, List<Long>> ids = new HashMap<>();
        for (int item = 0; item < 40; item++) {
            String tenant = "tenant-" + random.nextInt(5);
            ids.computeIfAbsent(tenant, unused -> new ArrayList<>())
                    .add(queue.enqueue(training(tenant, random.nextInt(10))));
        }
        for (int claim = 0; claim < 6; claim++) {
            Lease lease = queue.claim().orElseThrow().lease();
            if (claim % 2 == 0) {
                queue.leases.succeed(lease, Leases.nothing());
            }
        }

        Map<Long, QueuePosition> positions = new HashMap<>();
        ids.forEach((tenant, items) -> positions.putAll(queue.numbers.positions(Slot.TRAINING, tenant, items)));

        assertThat(positions).hasSize(34);
        long position = 0;
        for (Optional<Claim> claim = queue.claim(); claim.isPresent(); claim = queue.claim()) {
            position++;
            assertThat(positions.get(claim.get().lease().workId())).isEqualTo(new QueuePosition(position, 34));
        }
        assertThat(position).isEqualTo(34);
    }

    /** A look that grew with the square of the queue took 60 ms at 720 items. */
    @Test
    void positionInALongQueueIsFoundAtOnce() {
        long first = queue.enqueued();
        TestDatabase.administrator().sql("""
                        INSERT INTO work (tenant_id, kind, method, state, priority)
                        SELECT tenant_id, kind, method, state, priority
                        FROM work, generate_series(1, 5000)
                        """).update();
        long start = System.nanoTime();

        Map<Long, QueuePosition> positions = queue.numbers.positions(Slot.TRAINING, "one", List.of(first));

        assertThat(positions).containsEntry(first, new QueuePosition(1, 5001));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void onlyQueuedWorkHasAPosition() {
        assertThat(queue.numbers.positions(
                        Slot.TRAINING, "one", List.of(queue.running().workId())))
                .isEmpty();
    }

    /** #19 */
    @Test
    void workThatWasQueuedAfterTheSnapshotIsTheTenantsLast() {
        queue.enqueued();
        queue.enqueued();
        queue.enqueue(training("two"));
        QueueSnapshot before = TestDatabase.system().call(() -> QueueSnapshot.read(TestDatabase.jdbc()));

        long later = queue.enqueued();
        long other = queue.enqueue(training("three"));

        assertThat(before.positions(Slot.TRAINING, "one", Set.of(later))).isEmpty();
        assertThat(before.last(Slot.TRAINING, "one")).isEqualTo(new QueuePosition(4, 4));
        assertThat(queue.numbers
                        .positions(Slot.TRAINING, "three", List.of(other))
                        .get(other))
                .isEqualTo(new QueuePosition(2, 5));
        assertThat(before.last(Slot.TRAINING, "three")).isEqualTo(new QueuePosition(1, 4));
    }

    @Test
    void unfinishedWorkIsCounted() {
        queue.leases.succeed(queue.running(), Leases.nothing());
        queue.running();
        queue.enqueued();
        queue.enqueue(training("two"));

        assertThat(queue.numbers.counts())
                .containsExactlyInAnyOrder(
                        new WorkCount(WorkKind.TRAIN, WorkState.QUEUED, 2),
                        new WorkCount(WorkKind.TRAIN, WorkState.RUNNING, 1));
    }

    @Test
    void oldestQueuedWorkTellsTheWait() {
        assertThat(queue.numbers.oldestQueued(Slot.TRAINING)).isEmpty();
        TestQueue.age(queue.enqueued(), Duration.ofMinutes(5));
        queue.enqueued();

        assertThat(queue.numbers.oldestQueued(Slot.TRAINING))
                .hasValueSatisfying(wait -> assertThat(wait).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6)));
        assertThat(queue.numbers.oldestQueued(Slot.LIGHT)).isEmpty();
    }

    @Test
    void autoscalerReadsOneRowForEachSlot() {
        queue.running();
        queue.enqueued();

        List<String> rows = TestDatabase.system()
                .call(() -> TestDatabase.jdbc()
                        .sql("SELECT concat_ws(' ', slot, queued, running) FROM anneal_queue_depth ORDER BY slot")
                        .query(String.class)
                        .list());
        assertThat(rows).containsExactly("LIGHT 0 0", "TRAINING 1 1");
    }
}
