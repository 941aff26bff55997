package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkError;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * After a failover to a replica that lacks a claim, the next claim gets the same token: the worker of the lost one has
 * no effect.
 */
@PostgresTest
class FailoverIT {

    private static final WorkError CRASH = WorkError.ofSystem("engine_crashed", "The engine process ended with 139.");

    private final TestQueue queue = new TestQueue();
    private Lease lost;
    private Lease current;

    @BeforeEach
    void failOver() {
        lost = queue.running();
        undoClaim(lost.workId());
        current = queue.claim("another worker").orElseThrow().lease();
        assertThat(current.token()).isEqualTo(lost.token());
    }

    @Test
    void lostClaimChangesNothing() {
        Work before = queue.find(current.workId());

        assertThat(queue.leases.heartbeat(List.of(lost))).isEmpty();
        assertThat(queue.leases.reclaim(lost)).isFalse();
        assertThat(queue.leases.progress(lost, 1, 9, 9, TestQueue.MINUTE, FailoverIT::write))
                .isEmpty();
        assertThat(queue.leases.working(lost, Duration.ofDays(1), FailoverIT::write))
                .isEmpty();
        assertThat(queue.leases.succeed(lost, FailoverIT::write)).isEqualTo(Ending.STALE);
        assertThat(queue.leases.fail(lost, CRASH, FailoverIT::write)).isEqualTo(Ending.STALE);
        assertThat(queue.leases.giveBack(lost, FailoverIT::write)).isEqualTo(Ending.STALE);

        assertThat(queue.find(current.workId())).isEqualTo(before);
        assertThat(queue.leases.heartbeat(List.of(lost, current))).containsOnlyKeys(current);
    }

    @Test
    void lostClaimGivesBackNoRetries() {
        queue.leases.fail(current, CRASH, Leases.nothing());
        lost = queue.claim().orElseThrow().lease();
        undoClaim(lost.workId());
        queue.claim();

        queue.progress(lost, 9, 9);

        assertThat(queue.find(lost.workId()).platformRetries()).isEqualTo(1);
    }

    @Test
    void endOfTheOtherAttemptIsNotTakenForItsOwn() {
        queue.leases.succeed(current, Leases.nothing());

        assertThat(queue.leases.succeed(lost, FailoverIT::write)).isEqualTo(Ending.STALE);
        assertThat(queue.leases.succeed(current, FailoverIT::write).holds()).isTrue();
        assertThat(queue.attempts(current.workId())).extracting(Attempt::worker).containsExactly("another worker");
    }

    /** As the replica has it. */
    private static void undoClaim(long id) {
        TestQueue.change("DELETE FROM lease WHERE work_id = ?", id);
        TestQueue.change("""
                DELETE FROM attempt USING work
                WHERE work.id = ? AND attempt.work_id = work.id AND attempt.lease_token = work.lease_token
                """, id);
        TestQueue.change("""
                UPDATE work
                SET state = 'QUEUED', lease_token = lease_token - 1, lease_owner = NULL, deadline_at = NULL,
                    claimed_at = CASE WHEN lease_token > 1 THEN claimed_at END,
                    started_at = CASE WHEN lease_token > 1 THEN started_at END
                WHERE id = ?
                """, id);
    }

    private static void write() {
        throw new AssertionError("the worker of a lost claim writes");
    }
}
