package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Slot;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** A worker that repeats what got no answer publishes each result once, whether the request was lost or the answer. */
@PostgresTest
class LostRepliesIT {

    private static final int ITEMS = 40;

    private static final LeaseProperties PROPERTIES = TestQueue.properties(100, 0, 100, Duration.ZERO);

    private final TestQueue queue = new TestQueue(PROPERTIES);
    private int failures;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyResultIsPublishedOnce(long seed) {
        for (int item = 0; item < ITEMS; item++) {
            queue.enqueued();
        }
        SystemDatabase unreliable = TestDatabase.systemLosingReplies(seed, 0.3);
        TestQueue workers = new TestQueue(PROPERTIES, unreliable, Lease.FENCE);
        Leases worker = workers.leases;

        Set<Long> done = new HashSet<>();
        while (done.size() < ITEMS) {
            Optional<Claim> claim =
                    insist(() -> worker.claim(Claimants.of("worker", Slot.TRAINING, TestQueue.METHODS, Set.of())));
            claim.ifPresentOrElse(claimed -> done.add(publish(worker, claimed.lease())), this::loseSilentClaims);
        }

        assertThat(failures).as("faults were injected").isGreaterThan(5);
        assertThat(published("progress")).doesNotHaveDuplicates().hasSize(ITEMS);
        assertThat(published("result")).doesNotHaveDuplicates().hasSize(ITEMS);
        assertThat(workers.ended).as("each end is told once").hasSize(ITEMS);
    }

    private long publish(Leases worker, Lease lease) {
        Optional<Leases.Held> held =
                insist(() -> worker.progress(lease, 1, 5, null, TestQueue.MINUTE, () -> write("progress", lease)));
        assertThat(held).isPresent();
        Ending ending = insist(() -> worker.succeed(lease, () -> write("result", lease)));
        assertThat(ending.holds()).isTrue();
        return lease.workId();
    }

    private static void write(String tenant, Lease lease) {
        TestDatabase.jdbc()
                .sql("""
                        INSERT INTO work (tenant_id, kind, method, state, priority, traceparent)
                        VALUES (:tenant, 'EXPORT', 'merged', 'PAUSED', 5, :id)
                        """)
                .param("tenant", tenant)
                .param("id", Long.toString(lease.workId()))
                .update();
    }

    private static List<String> published(String tenant) {
        return TestDatabase.system()
                .call(() -> TestDatabase.jdbc()
                        .sql("SELECT traceparent FROM work WHERE tenant_id = :tenant")
                        .param("tenant", tenant)
                        .query(String.class)
                        .list());
    }

    /** A claim whose answer was lost runs nowhere: its lease expires. */
    private void loseSilentClaims() {
        TestDatabase.administrator()
                .sql("UPDATE lease SET expires_at = clock_timestamp() - interval '1 second'")
                .update();
        queue.rescuer.runOnce(TestQueue.ANY_TIME);
    }

    private <T> T insist(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (DataAccessException | TransactionException lost) {
                failures++;
            }
        }
    }
}
