package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkEnd;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Lost workers' work goes on elsewhere, whichever clock finds them. */
@PostgresTest
class RescuerIT {

    private final TestQueue queue = new TestQueue();

    @Test
    void liveAttemptsAreLeftAlone() {
        Lease lease = queue.running();

        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME)).isEmpty();
        assertThat(queue.find(lease.workId()).state()).isEqualTo(WorkState.RUNNING);
    }

    @Test
    void silentWorkersWorkIsQueuedAgain() {
        Lease lease = queue.running();
        TestQueue.expire(lease);

        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME)).singleElement().satisfies(rescue -> {
            assertThat(rescue.lease()).isEqualTo(lease);
            assertThat(rescue.state()).isEqualTo(WorkState.QUEUED);
            assertThat(rescue.error().message()).contains("fell silent");
        });
        assertThat(queue.find(lease.workId()).platformRetries()).isEqualTo(1);
        assertThat(queue.attempts(lease.workId())).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.LOST);
        assertThat(queue.claim().orElseThrow().lease())
                .extracting(Lease::workId, Lease::token)
                .containsExactly(lease.workId(), 2L);
    }

    /**
     * A worker that starts again on its host knows what its dead predecessor held, a minute before the leases expire.
     */
    @Test
    void workOfADeadWorkerIsQueuedAgainThoughItsLeaseIsValid() {
        Lease lease = queue.running();

        assertThat(queue.rescuer.rescueAbandoned(lease)).get().satisfies(rescue -> {
            assertThat(rescue.lease()).isEqualTo(lease);
            assertThat(rescue.state()).isEqualTo(WorkState.QUEUED);
        });
        assertThat(queue.attempts(lease.workId())).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.LOST);
        Lease next = queue.claim().orElseThrow().lease();
        assertThat(queue.rescuer.rescueAbandoned(lease)).as("once").isEmpty();
        assertThat(queue.leases.heartbeat(List.of(next))).containsKey(next);
    }

    /** #17: a statement that was sent before an outage may arrive after it. */
    @Test
    void nothingIsRescuedByAStatementThatArrivesTooLate() {
        Lease silent = queue.running();
        TestQueue.expire(silent);
        Lease without = queue.running();
        TestQueue.change("DELETE FROM lease WHERE work_id = ?", without.workId());
        TestQueue.change(
                "UPDATE work SET claimed_at = claimed_at - interval '2 minutes' WHERE id = ?", without.workId());

        assertThat(queue.rescuer.runOnce(Instant.now().minusSeconds(1))).isEmpty();
        assertThat(queue.rescuer.runOnce(Instant.now().plusSeconds(60))).hasSize(2);
    }

    /** #17 */
    @Test
    void whoRunsHereIsNotSilentButMayHang() {
        Lease lease = queue.running();
        queue.heldHere.add(lease.workId());
        TestQueue.expire(lease);
        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME)).isEmpty();

        TestQueue.stall(lease);
        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME))
                .extracting(Rescue::reason)
                .containsExactly(Rescue.Reason.NO_PROGRESS);
    }

    @Test
    void hungAttemptIsFoundThoughItsWorkerLives() {
        Lease lease = queue.running();
        queue.progress(lease, 1, null);
        TestQueue.stall(lease);
        assertThat(queue.leases.heartbeat(List.of(lease))).containsKey(lease);

        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME))
                .singleElement()
                .satisfies(rescue -> assertThat(rescue.error().message()).contains("made no progress"));
        assertThat(queue.leases.heartbeat(List.of(lease))).isEmpty();
    }

    @Test
    void stepPutsTheStallOff() {
        Lease lease = queue.running();
        TestQueue.stall(lease);
        queue.progress(lease, 1, null);

        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME)).isEmpty();
    }

    @Test
    void passedDeadlineEndsTheAttempt() {
        Lease lease = queue.running();
        TestQueue.passDeadline(lease);

        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME))
                .singleElement()
                .satisfies(rescue -> assertThat(rescue.error().message()).contains("longer than is allowed"));
    }

    @Test
    void runningWorkWithoutALeaseIsQueuedAgain() {
        Lease lease = queue.running();
        TestQueue.change("DELETE FROM lease WHERE work_id = ?", lease.workId());
        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME)).as("just claimed").isEmpty();

        TestQueue.change("UPDATE work SET claimed_at = claimed_at - interval '2 minutes' WHERE id = ?", lease.workId());
        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME))
                .singleElement()
                .satisfies(rescue -> assertThat(rescue.error().message()).contains("without a lease"));
        assertThat(queue.find(lease.workId()).state()).isEqualTo(WorkState.QUEUED);
    }

    @Test
    void theFirstLostWorkerCostsNoDelayAndTheSecondDoes() {
        TestQueue patient = new TestQueue(TestQueue.properties(16, 0, 3, Duration.ofSeconds(10)));
        Lease lease = patient.running();
        TestQueue.expire(lease);
        patient.rescuer.runOnce(TestQueue.ANY_TIME);

        Lease second = patient.claim().orElseThrow().lease();
        TestQueue.expire(second);
        patient.rescuer.runOnce(TestQueue.ANY_TIME);

        assertThat(patient.claim()).isEmpty();
        TestQueue.age(lease.workId(), Duration.ofSeconds(20));
        assertThat(patient.claim()).isPresent();
    }

    @Test
    void workThatLosesEveryWorkerFails() {
        long id = queue.enqueued();
        for (int attempt = 1; attempt <= 4; attempt++) {
            TestQueue.expire(queue.claim().orElseThrow().lease());
            queue.rescuer.runOnce(TestQueue.ANY_TIME);
        }

        Work work = queue.find(id);
        assertThat(work.state()).isEqualTo(WorkState.FAILED);
        assertThat(work.error()).isNotNull().satisfies(error -> {
            assertThat(error.code()).isEqualTo(WorkError.WORKER_LOST);
            assertThat(error.origin()).isEqualTo(WorkError.Origin.SYSTEM);
        });
        assertThat(queue.attempts(id)).hasSize(4);
        assertThat(queue.ended).containsExactly(new WorkEnd("supervised", WorkState.FAILED, WorkError.Origin.SYSTEM));
    }

    @Test
    void whatAWorkerLosesAtOnceCostsItsWorkNoRetry() {
        List<Lease> leases = Stream.generate(queue::running).limit(3).toList();
        leases.forEach(TestQueue::expire);

        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME)).hasSize(3);

        assertThat(leases).allSatisfy(lease -> {
            assertThat(queue.find(lease.workId()).state()).isEqualTo(WorkState.QUEUED);
            assertThat(queue.find(lease.workId()).platformRetries()).isZero();
        });
    }

    /** A lease that was claimed after the worker's last heartbeat expires a little later. */
    @Test
    void workThatIsLostWithOtherWorkInTheNextScanCostsNoRetryEither() {
        Lease renewed = queue.running();
        Lease claimed = queue.running();
        TestQueue.expire(renewed);
        TestQueue.change(
                "UPDATE lease SET expires_at = clock_timestamp() + interval '10 seconds' WHERE work_id = ?",
                claimed.workId());
        queue.rescuer.runOnce(TestQueue.ANY_TIME);
        TestQueue.expire(claimed);
        queue.rescuer.runOnce(TestQueue.ANY_TIME);

        assertThat(queue.find(renewed.workId()).platformRetries()).isZero();
        assertThat(queue.find(claimed.workId()).platformRetries()).isZero();
    }

    @Test
    void workThatLosesAWorkerAloneCostsARetry() {
        Lease lost = queue.running();
        queue.running();
        queue.enqueued();
        Lease ofAnother = queue.claim("another").orElseThrow().lease();
        TestQueue.expire(lost);
        TestQueue.expire(ofAnother);

        queue.rescuer.runOnce(TestQueue.ANY_TIME);

        assertThat(queue.find(lost.workId()).platformRetries()).isEqualTo(1);
        assertThat(queue.find(ofAnother.workId()).platformRetries()).isEqualTo(1);
    }

    /** It may be what kills the workers, together with whatever else they run. */
    @Test
    void workThatLosesSeveralWorkersInARowFailsThoughNeverAlone() {
        List<Long> ids = List.of(queue.enqueued(), queue.enqueued());
        for (int attempt = 1; attempt <= 5; attempt++) {
            for (int item = 0; item < ids.size(); item++) {
                TestQueue.expire(queue.claim().orElseThrow().lease());
            }
            queue.rescuer.runOnce(TestQueue.ANY_TIME);
        }

        assertThat(ids).allSatisfy(id -> assertThat(queue.find(id).state()).isEqualTo(WorkState.FAILED));
    }

    @Test
    void lostWorkThatWasToBeCancelledIsCancelled() {
        Lease lease = queue.running();
        queue.cancel(lease.workId());
        TestQueue.expire(lease);

        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME))
                .extracting(Rescue::state)
                .containsExactly(WorkState.CANCELLED);
    }

    @Test
    void lostWorkThatWasToBePausedIsNotCalledPaused() {
        Lease lease = queue.running();
        queue.pause(lease.workId());
        TestQueue.expire(lease);
        queue.rescuer.runOnce(TestQueue.ANY_TIME);

        assertThat(queue.find(lease.workId()).state()).isEqualTo(WorkState.QUEUED);
        assertThat(queue.pause(lease.workId())).isEqualTo(WorkState.PAUSED);
    }

    @Test
    void expiredLeaseThatNobodyTookCanBeReclaimed() {
        Lease lease = queue.running();
        TestQueue.expire(lease);
        assertThat(queue.leases.heartbeat(List.of(lease)))
                .as("its holder has stopped to trust it")
                .isEmpty();

        assertThat(queue.leases.reclaim(lease)).isTrue();
        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME)).isEmpty();
        assertThat(queue.leases.heartbeat(List.of(lease))).containsKey(lease);
        assertThat(queue.leases.succeed(lease, Leases.nothing()).holds()).isTrue();
    }

    @Test
    void rescuedLeaseCannotBeReclaimed() {
        Lease lease = queue.running();
        TestQueue.expire(lease);
        queue.rescuer.runOnce(TestQueue.ANY_TIME);

        assertThat(queue.leases.reclaim(lease)).isFalse();
    }

    @Test
    void oneRescueThatFailsDoesNotKeepTheOthersWaiting() {
        List<Lease> leases = new ArrayList<>();
        for (int item = 0; item < 3; item++) {
            leases.add(queue.running());
        }
        leases.forEach(TestQueue::expire);
        Lease failing = leases.get(0);
        TestQueue watched = new TestQueue(TestQueue.PROPERTIES, rescue -> {
            if (rescue.lease().equals(failing)) {
                throw new IllegalStateException("cannot record this one");
            }
        });

        assertThat(watched.rescuer.runOnce(TestQueue.ANY_TIME))
                .extracting(Rescue::lease)
                .containsExactlyInAnyOrder(leases.get(1), leases.get(2));
        assertThat(queue.find(failing.workId()).state()).isEqualTo(WorkState.RUNNING);
        assertThat(watched.registry.find(MeterNames.RESCUED).counters().stream()
                        .mapToDouble(Counter::count)
                        .sum())
                .isEqualTo(2);
        assertThat(watched.ended).isEmpty();
        assertThat(queue.rescuer.runOnce(TestQueue.ANY_TIME))
                .extracting(Rescue::lease)
                .containsExactly(failing);
    }
}
