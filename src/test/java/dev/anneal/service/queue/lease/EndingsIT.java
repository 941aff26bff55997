package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attempts end once, by the holder of the newest lease, and take what their worker writes with them. */
@PostgresTest
class EndingsIT {

    private static final WorkError CRASH = WorkError.ofSystem("engine_crashed", "The engine process ended with 139.");
    private static final WorkError BAD_DATA = WorkError.ofUser("non_finite_loss", "The loss is NaN.", "training_file");

    private final TestQueue queue = new TestQueue();

    @Test
    void successEndsTheWorkAndItsLease() {
        Lease lease = queue.running();
        queue.progress(lease, 7, 5);

        Ending ending = queue.leases.succeed(lease, EndingsIT::write);

        assertThat(ending).isEqualTo(new Ending(Ending.Result.APPLIED, WorkState.SUCCEEDED));
        Work work = queue.find(lease.workId());
        assertThat(work.state()).isEqualTo(WorkState.SUCCEEDED);
        assertThat(work.finishedAt()).isNotNull();
        assertThat(work.step()).isEqualTo(7);
        assertThat(queue.attempts(lease.workId())).singleElement().satisfies(attempt -> {
            assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.SUCCEEDED);
            assertThat(attempt.savedStep()).isEqualTo(5);
        });
        assertThat(leases()).isZero();
        assertThat(written()).isTrue();
    }

    @Test
    void staleLeaseChangesNothing() {
        Lease stale = queue.running();
        TestQueue.expire(stale);
        queue.rescuer.runOnce(TestQueue.ANY_TIME);
        Lease current = queue.claim().orElseThrow().lease();
        assertThat(current).extracting(Lease::workId, Lease::token).containsExactly(stale.workId(), 2L);
        Work before = queue.find(stale.workId());

        assertThat(queue.leases.progress(stale, 9, 9, 9, TestQueue.MINUTE, EndingsIT::write))
                .isEmpty();
        assertThat(queue.leases.succeed(stale, EndingsIT::write)).isEqualTo(Ending.STALE);
        assertThat(queue.leases.fail(stale, CRASH, EndingsIT::write)).isEqualTo(Ending.STALE);
        assertThat(queue.leases.giveBack(stale, EndingsIT::write)).isEqualTo(Ending.STALE);
        assertThat(queue.leases.heartbeat(List.of(stale, current))).containsOnlyKeys(current);
        assertThat(queue.leases.reclaim(stale)).isFalse();

        assertThat(queue.find(stale.workId())).isEqualTo(before);
        assertThat(written()).isFalse();
    }

    @Test
    void sameWorkerThatClaimsAgainDoesNotReviveItsOlderAttempt() {
        Lease first = queue.running();
        queue.leases.giveBack(first, Leases.nothing());
        Lease second = queue.claim().orElseThrow().lease();

        assertThat(queue.leases.succeed(first, EndingsIT::write)).isEqualTo(Ending.STALE);
        assertThat(queue.find(second.workId()).state()).isEqualTo(WorkState.RUNNING);
        assertThat(queue.leases.succeed(second, Leases.nothing()).holds()).isTrue();
        assertThat(written()).isFalse();
    }

    @Test
    void callWhoseAnswerWasLostMayBeRepeated() {
        Lease lease = queue.running();
        queue.leases.succeed(lease, Leases.nothing());

        assertThat(queue.leases.succeed(lease, EndingsIT::write))
                .isEqualTo(new Ending(Ending.Result.REPEATED, WorkState.SUCCEEDED));
        assertThat(queue.leases.giveBack(lease, EndingsIT::write)).isEqualTo(Ending.STALE);
        assertThat(written()).isFalse();
    }

    @Test
    void failedWritesLeaveTheAttemptRunning() {
        Lease lease = queue.running();

        assertThatThrownBy(() -> queue.leases.succeed(lease, () -> {
                    write();
                    throw new IllegalStateException("disk full");
                }))
                .hasMessage("disk full");

        assertThat(queue.find(lease.workId()).state()).isEqualTo(WorkState.RUNNING);
        assertThat(written()).isFalse();
        assertThat(queue.leases.heartbeat(List.of(lease))).containsKey(lease);
    }

    @Test
    void originsHaveRetryBudgetsOfTheirOwn() {
        Lease lease = queue.running();
        assertThat(queue.leases.fail(lease, BAD_DATA, Leases.nothing()).state()).isEqualTo(WorkState.QUEUED);
        for (int retry = 0; retry < 3; retry++) {
            lease = queue.claim().orElseThrow().lease();
            assertThat(queue.leases.fail(lease, CRASH, Leases.nothing()).state())
                    .isEqualTo(WorkState.QUEUED);
        }
        lease = queue.claim().orElseThrow().lease();
        assertThat(queue.leases.fail(lease, BAD_DATA, Leases.nothing()).state()).isEqualTo(WorkState.FAILED);

        Work work = queue.find(lease.workId());
        assertThat(work.userRetries()).isEqualTo(1);
        assertThat(work.platformRetries()).isEqualTo(3);
        assertThat(work.error()).isEqualTo(BAD_DATA);
        assertThat(queue.attempts(lease.workId()))
                .extracting(Attempt::error)
                .containsExactly(BAD_DATA, CRASH, CRASH, CRASH, BAD_DATA);
    }

    @Test
    void trainingThatSavesMoreThanBeforeHasAllItsRetriesAgain() {
        Lease lease = queue.running();
        for (int attempt = 1; attempt <= 8; attempt++) {
            queue.progress(lease, 10 * attempt + 5, 10 * attempt);
            assertThat(queue.leases.fail(lease, CRASH, Leases.nothing()).state())
                    .isEqualTo(WorkState.QUEUED);
            lease = queue.claim().orElseThrow().lease();
        }
        assertThat(queue.find(lease.workId()).platformRetries()).isEqualTo(1);

        // The same steps again, from a checkpoint before a damaged one, are no progress.
        for (int attempt = 1; attempt <= 2; attempt++) {
            queue.progress(lease, 75, 70);
            queue.progress(lease, 85, 80);
            queue.leases.fail(lease, CRASH, Leases.nothing());
            lease = queue.claim().orElseThrow().lease();
        }
        assertThat(queue.leases.fail(lease, CRASH, Leases.nothing()).state()).isEqualTo(WorkState.FAILED);
    }

    @Test
    void trainingThatIsResumedHasAllItsRetriesAgain() {
        Lease lease = queue.running();
        queue.leases.fail(lease, CRASH, Leases.nothing());
        queue.pause(lease.workId());

        queue.resume(lease.workId());

        assertThat(queue.find(lease.workId()).platformRetries()).isZero();
    }

    @Test
    void eachRetryWaitsTwiceAsLong() {
        TestQueue patient = new TestQueue(TestQueue.properties(16, 0, 3, Duration.ofSeconds(10)));
        Lease lease = patient.running();
        for (int expected : List.of(10, 20, 40)) {
            Instant before = databaseTime();
            patient.leases.fail(lease, CRASH, Leases.nothing());
            assertThat(patient.find(lease.workId()).runAt())
                    .isBetween(before.plusSeconds(expected), databaseTime().plusSeconds(expected));
            TestQueue.age(lease.workId(), Duration.ofSeconds(expected));
            lease = patient.claim().orElseThrow().lease();
        }
    }

    @Test
    void workGivenBackKeepsItsPlaceAndItsRetries() {
        long id = queue.enqueued();
        long later = queue.enqueued();
        Lease lease = queue.claim().orElseThrow().lease();

        assertThat(queue.leases.giveBack(lease, Leases.nothing()).state()).isEqualTo(WorkState.QUEUED);

        assertThat(queue.claim().orElseThrow().lease())
                .extracting(Lease::workId, Lease::token)
                .containsExactly(id, 2L);
        assertThat(queue.find(id).platformRetries()).isZero();
        assertThat(queue.claim().orElseThrow().lease().workId()).isEqualTo(later);
    }

    @Test
    void wishesDecideWhatWorkGivenBackBecomes() {
        Lease cancelled = queue.running();
        queue.cancel(cancelled.workId());
        assertThat(queue.leases.heartbeat(List.of(cancelled)).get(cancelled)).contains(Wish.CANCEL);
        assertThat(queue.leases.giveBack(cancelled, Leases.nothing()).state()).isEqualTo(WorkState.CANCELLED);

        Lease paused = queue.running();
        queue.pause(paused.workId());
        assertThat(queue.leases.heartbeat(List.of(paused)).get(paused)).contains(Wish.PAUSE);
        assertThat(queue.leases.giveBack(paused, Leases.nothing()).state()).isEqualTo(WorkState.PAUSED);
    }

    @Test
    void failureWhileCancellingCancels() {
        Lease lease = queue.running();
        queue.cancel(lease.workId());

        assertThat(queue.leases.fail(lease, CRASH, Leases.nothing()).state()).isEqualTo(WorkState.CANCELLED);
        assertThat(queue.find(lease.workId()).error()).isNull();
    }

    @Test
    void failedSaveIsNotReportedAsPausedAndTheWishStays() {
        Lease lease = queue.running();
        queue.pause(lease.workId());

        assertThat(queue.leases.fail(lease, CRASH, Leases.nothing()).state()).isEqualTo(WorkState.QUEUED);

        Lease next = queue.claim().orElseThrow().lease();
        assertThat(queue.leases.heartbeat(List.of(next)).get(next)).contains(Wish.PAUSE);
    }

    @Test
    void savedStepOutlivesItsAttempt() {
        Lease lease = queue.running();
        queue.progress(lease, 12, 10);
        queue.leases.giveBack(lease, Leases.nothing());
        assertThat(queue.claim()).isPresent();

        assertThat(queue.find(lease.workId()).savedStep()).isEqualTo(10);
        assertThat(queue.find(lease.workId()).step()).isNull();
    }

    /** Stands for what a worker publishes with its ending. */
    private static void write() {
        TestDatabase.jdbc().sql("""
                        INSERT INTO work (tenant_id, kind, method, state, priority)
                        VALUES ('written', 'EXPORT', 'merged', 'PAUSED', 5)
                        """).update();
    }

    private static boolean written() {
        return TestDatabase.system()
                .call(() -> TestDatabase.jdbc()
                        .sql("SELECT count(*) > 0 FROM work WHERE tenant_id = 'written'")
                        .query(Boolean.class)
                        .single());
    }

    private static long leases() {
        return TestDatabase.system()
                .call(() -> TestDatabase.jdbc()
                        .sql("SELECT count(*) FROM lease")
                        .query(Long.class)
                        .single());
    }

    private static Instant databaseTime() {
        return TestDatabase.administrator()
                .sql("SELECT clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }
}
