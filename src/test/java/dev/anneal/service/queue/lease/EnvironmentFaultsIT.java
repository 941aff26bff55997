package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.Waiting;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Faults of the environment cost work nothing but time, and the worker that had them is left aside at first (#17). */
@PostgresTest
class EnvironmentFaultsIT {

    private static final WorkError STORE_AWAY =
            WorkError.ofEnvironment("storage_failed", "The artifact store is not there.");
    private static final WorkError MODEL_AWAY =
            WorkError.ofEnvironment("model_not_available", "Model 'm' is not available here.");
    private static final WorkError CRASH = WorkError.ofSystem("engine_crashed", "The engine process ended with 139.");

    private final TestQueue queue = new TestQueue();

    @Test
    void workWaitsForTheEnvironmentAndNeverFailsForIt() {
        long id = queue.enqueued();
        for (int attempt = 0; attempt < 20; attempt++) {
            Lease lease = claimedBy("other-" + attempt).orElseThrow();
            assertThat(queue.leases.fail(lease, STORE_AWAY, Leases.nothing()).state())
                    .isEqualTo(WorkState.QUEUED);
        }

        Work work = queue.find(id);
        assertThat(work.platformRetries()).isZero();
        assertThat(work.userRetries()).isZero();
        assertThat(work.waiting())
                .extracting(Waiting::code, Waiting::message, Waiting::attempts)
                .containsExactly("storage_failed", "The artifact store is not there.", 20);
        assertThat(queue.ended).extracting(end -> end.state()).doesNotContain(WorkState.FAILED);
    }

    @Test
    void delayGrowsToTwoMinutesWhileTheSameFaultGoesOn() {
        TestQueue patient = new TestQueue(TestQueue.properties(16, 0, 3, Duration.ofSeconds(10)));
        long id = patient.enqueued();
        Instant since = null;
        for (int expected : List.of(5, 10, 20, 40, 80, 120, 120)) {
            Lease lease = patient.leases
                    .claim(Claimants.of("worker-" + expected, Slot.TRAINING, TestQueue.METHODS, Set.of()))
                    .orElseThrow()
                    .lease();
            Instant before = databaseTime();
            patient.leases.fail(lease, STORE_AWAY, Leases.nothing());
            Work work = patient.find(id);
            assertThat(work.runAt())
                    .isBetween(before.plusSeconds(expected), databaseTime().plusSeconds(expected));
            Waiting waiting = Objects.requireNonNull(work.waiting());
            since = since == null ? waiting.since() : since;
            assertThat(waiting.since()).isEqualTo(since);
            forgetDelay(id);
        }
        Lease lease = patient.claim().orElseThrow().lease();
        patient.leases.fail(lease, MODEL_AWAY, Leases.nothing());
        assertThat(patient.find(id).waiting())
                .extracting(Waiting::code, Waiting::attempts)
                .containsExactly("model_not_available", 1);
    }

    @Test
    void workerThatHadTheFaultLeavesTheWorkToOthersForATime() {
        TestQueue patient = new TestQueue(TestQueue.properties(16, 0, 3, Duration.ofSeconds(10)));
        long id = patient.enqueued();
        Lease lease = patient.leases
                .claim(Claimants.of("broken", Slot.TRAINING, TestQueue.METHODS, Set.of()))
                .orElseThrow()
                .lease();
        patient.leases.fail(lease, STORE_AWAY, Leases.nothing());
        TestQueue.age(id, Duration.ofSeconds(6));

        assertThat(patient.leases.claim(Claimants.of("broken", Slot.TRAINING, TestQueue.METHODS, Set.of())))
                .isEmpty();
        assertThat(patient.leases.claim(Claimants.of("good", Slot.TRAINING, TestQueue.METHODS, Set.of())))
                .isPresent();
    }

    @Test
    void theOnlyWorkerTakesItsWorkAgainWhenTheTimeIsOver() {
        long id = queue.enqueued();
        Lease lease = claimedBy("alone").orElseThrow();
        queue.leases.fail(lease, STORE_AWAY, Leases.nothing());
        forgetDelay(id);

        assertThat(claimedBy("alone")).isPresent();
    }

    @Test
    void stepClearsWhatTheWorkWaitedFor() {
        long id = queue.enqueued();
        queue.leases.fail(claimedBy("a").orElseThrow(), STORE_AWAY, Leases.nothing());
        Lease lease = claimedBy("b").orElseThrow();
        assertThat(queue.find(id).waiting()).as("it runs").isNull();
        queue.progress(lease, 1, null);
        queue.leases.giveBack(lease, Leases.nothing());

        assertThat(queue.find(id).waiting()).isNull();
    }

    @Test
    void attemptThatOnlyComesToTheSameFaultAgainDoesNotEndTheWait() {
        long id = queue.enqueued();
        Instant since = null;
        for (int attempt = 1; attempt <= 4; attempt++) {
            Lease lease = claimedBy("other-" + attempt).orElseThrow();
            queue.progress(lease, 15, attempt == 1 ? 10 : null);
            queue.progress(lease, 20, null);
            queue.leases.fail(lease, STORE_AWAY, Leases.nothing());

            Waiting waiting = Objects.requireNonNull(queue.find(id).waiting());
            assertThat(waiting.attempts()).isEqualTo(attempt);
            since = since == null ? waiting.since() : since;
            assertThat(waiting.since()).isEqualTo(since);
        }
        Lease further = claimedBy("further").orElseThrow();
        queue.progress(further, 21, null);
        queue.leases.fail(further, STORE_AWAY, Leases.nothing());
        assertThat(queue.find(id).waiting())
                .as("it came further than ever")
                .extracting(Waiting::attempts)
                .isEqualTo(1);

        queue.leases.fail(claimedBy("again").orElseThrow(), STORE_AWAY, Leases.nothing());
        Lease saver = claimedBy("saver").orElseThrow();
        queue.progress(saver, 20, 20);
        queue.leases.fail(saver, STORE_AWAY, Leases.nothing());
        assertThat(queue.find(id).waiting())
                .as("it saved more than before")
                .extracting(Waiting::attempts)
                .isEqualTo(1);
    }

    @Test
    void workThatIsGivenBackOrResumedWaitsForNothing() {
        long id = queue.enqueued();
        queue.leases.fail(claimedBy("a").orElseThrow(), STORE_AWAY, Leases.nothing());
        queue.leases.giveBack(claimedBy("b").orElseThrow(), Leases.nothing());
        assertThat(queue.find(id).waiting())
                .as("given back before its first step")
                .isNull();

        queue.leases.fail(claimedBy("c").orElseThrow(), STORE_AWAY, Leases.nothing());
        queue.pause(id);
        queue.resume(id);
        assertThat(queue.find(id).waiting()).as("resumed").isNull();
    }

    @Test
    void wishToCancelHoldsAlsoForWorkThatWaits() {
        long id = queue.enqueued();
        Lease lease = claimedBy("a").orElseThrow();
        queue.cancel(id);

        assertThat(queue.leases.fail(lease, STORE_AWAY, Leases.nothing()).state())
                .isEqualTo(WorkState.CANCELLED);

        long waiting = queue.enqueued();
        queue.leases.fail(claimedBy("a").orElseThrow(), STORE_AWAY, Leases.nothing());
        assertThat(queue.cancel(waiting)).isEqualTo(WorkState.CANCELLED);
    }

    @Test
    void workerPassesOverWhatNeedsAModelThatItLacks() {
        long lacking = queue.enqueue(new NewWork("one", WorkKind.TRAIN, "supervised", 0, null, List.of("big")));
        long revision = queue.enqueue(
                new NewWork("one", WorkKind.TRAIN, "supervised", 1, null, List.of(NewWork.model("big", "0123abcd"))));
        queue.enqueue(new NewWork("one", WorkKind.TRAIN, "supervised", 1, null, List.of("small", "big")));
        long none = queue.enqueue(new NewWork("one", WorkKind.TRAIN, "supervised", 2, null));

        assertThat(queue.leases.claim(Claimants.of("small", Slot.TRAINING, TestQueue.METHODS, Set.of("big"))))
                .get()
                .satisfies(claim -> {
                    assertThat(claim.lease().workId()).isEqualTo(revision);
                    assertThat(claim.models()).containsExactly("big@0123abcd");
                });
        assertThat(queue.leases.claim(Claimants.of("small", Slot.TRAINING, TestQueue.METHODS, Set.of("big"))))
                .get()
                .extracting(claim -> claim.lease().workId())
                .isEqualTo(none);
        assertThat(queue.claim())
                .get()
                .extracting(claim -> claim.lease().workId())
                .isEqualTo(lacking);
    }

    @Test
    void trainingThatThePlatformFailedIsResumedWithAllItsRetries() {
        Lease lease = queue.running();
        queue.progress(lease, 30, 20);
        for (int attempt = 0; attempt < 3; attempt++) {
            queue.leases.fail(lease, CRASH, Leases.nothing());
            lease = queue.claim().orElseThrow().lease();
        }
        assertThat(queue.leases.fail(lease, CRASH, Leases.nothing()).state()).isEqualTo(WorkState.FAILED);

        assertThat(queue.resume(lease.workId())).isEqualTo(WorkState.QUEUED);

        Work resumed = queue.find(lease.workId());
        assertThat(resumed.platformRetries()).isZero();
        assertThat(resumed.error()).isNull();
        assertThat(resumed.finishedAt()).isNull();
        assertThat(resumed.savedStep()).isEqualTo(20);
        Lease again = queue.claim().orElseThrow().lease();
        assertThat(queue.leases.fail(again, CRASH, Leases.nothing()).state()).isEqualTo(WorkState.QUEUED);
    }

    @Test
    void trainingThatFailedByItsOwnFaultIsNotResumed() {
        TestQueue strict = new TestQueue(TestQueue.properties(16, 0, 3, Duration.ZERO));
        Lease lease = strict.running();
        strict.leases.fail(lease, WorkError.ofUser("non_finite_loss", "The loss is NaN.", null), Leases.nothing());

        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> strict.resume(lease.workId()))
                .withMessageContaining("failed by a fault of the platform")
                .withMessageContaining("this one is failed");
    }

    private Optional<Lease> claimedBy(String worker) {
        return queue.leases
                .claim(Claimants.of(worker, Slot.TRAINING, TestQueue.METHODS, Set.of()))
                .map(Claim::lease);
    }

    private static void forgetDelay(long id) {
        TestQueue.change(
                "UPDATE work SET run_at = created_at, avoided_until = clock_timestamp() - interval '1 second' WHERE id = ?",
                id);
    }

    private static Instant databaseTime() {
        return TestDatabase.administrator()
                .sql("SELECT clock_timestamp()")
                .query(java.time.OffsetDateTime.class)
                .single()
                .toInstant();
    }
}
