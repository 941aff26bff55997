package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ReportedSteps;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.worker.assignment.Assignment;
import dev.anneal.service.worker.assignment.AssignmentException;
import dev.anneal.service.worker.assignment.AttemptInputs;
import dev.anneal.service.worker.watch.HeldLease;
import dev.anneal.service.worker.watch.StallWatch;
import dev.anneal.service.worker.watch.StopGrace;
import dev.anneal.service.worker.watch.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.QueryTimeoutException;

/** What a worker publishes exists once, also when the database's answer to it is lost. */
@WorkerTest
class PublisherIT {

    private final WorkerTest.Parts parts;
    private final ProgressBuffer buffer = new ProgressBuffer(100);
    private int lostRequests;
    private int lostAnswers;
    private boolean isResultMissing;

    @Autowired
    PublisherIT(WorkerTest.Parts parts) {
        this.parts = parts;
    }

    @BeforeEach
    void createTable() {
        Rehearsal.createTable();
    }

    @AfterEach
    void dropTable() {
        Rehearsal.dropTable();
    }

    @Test
    void aBatchWhoseAnswerIsLostIsNotWrittenTwice(@TempDir Path folder) {
        Claim claim = claim();
        Publisher publisher = publisher(claim, folder);
        buffer.add(step(1));
        buffer.add(step(2));
        lostAnswers = 1;

        assertThat(publisher.publish()).isFalse();
        buffer.add(step(3));
        assertThat(publisher.publish()).isTrue();

        assertThat(Rehearsal.rows(claim.lease().workId()))
                .extracting(Rehearsal.Row::step)
                .containsExactly(1, 2, 3);
    }

    @Test
    void aCheckpointWhoseAnswerIsLostIsNotWrittenTwice(@TempDir Path folder) {
        Claim claim = claim();
        Publisher publisher = publisher(claim, folder);
        buffer.add(new Progress.CheckpointSaved(2, 0.5, "/x", 1));
        lostAnswers = 1;

        assertThat(publisher.publish()).isFalse();
        assertThat(publisher.publish()).isTrue();

        assertThat(Rehearsal.rows(claim.lease().workId())).hasSize(1);
    }

    /** An attempt that resumes from an older checkpoint saves the same step again. */
    @Test
    void aCheckpointWhoseRequestIsLostIsWrittenThoughAnEarlierAttemptSavedTheSameStep(@TempDir Path folder) {
        Claim earlier = claim();
        buffer.add(new Progress.CheckpointSaved(2, 0.5, "/x", 1));
        publisher(earlier, folder).publish();
        parts.leases().giveBack(earlier.lease(), Leases.nothing());
        Claim claim = parts.leases()
                .claim(Claimants.of("test", Slot.TRAINING, Set.of("supervised"), Set.of()))
                .orElseThrow();
        Publisher publisher = publisher(claim, folder);
        buffer.add(new Progress.CheckpointSaved(2, 0.5, "/y", 1));
        lostRequests = 1;

        assertThat(publisher.publish()).isFalse();
        assertThat(publisher.publish()).isTrue();

        assertThat(Rehearsal.rows(claim.lease().workId()))
                .extracting(Rehearsal.Row::token)
                .containsExactly(1L, 2L);
    }

    @Test
    void aBatchWithoutStepsWhoseAnswerIsLostIsNotWrittenTwice(@TempDir Path folder) {
        Claim claim = claim();
        Publisher publisher = publisher(claim, folder);
        buffer.add(new Progress.PartsKept(1, 2));
        lostAnswers = 1;

        assertThat(publisher.publish()).isFalse();
        assertThat(publisher.publish()).isTrue();

        assertThat(Rehearsal.rows(claim.lease().workId())).hasSize(1);
    }

    @Test
    void aWishIsHeardWithoutAHeartbeat(@TempDir Path folder) {
        Claim claim = claim();
        HeldLease lease = held(claim);
        Publisher publisher = publisher(claim, lease, folder);
        buffer.add(step(1));
        publisher.publish();
        assertThat(lease.wish()).isNull();

        parts.tenant().run("acme", () -> parts.queue().pause(claim.lease().workId()));
        buffer.add(step(2));
        publisher.publish();
        assertThat(lease.wish()).isEqualTo(Wish.PAUSE);
    }

    @Test
    void aResultThatIsMissingIsNotWaitedFor(@TempDir Path folder) {
        Publisher publisher = publisher(claim(), folder);
        isResultMissing = true;

        assertThatThrownBy(() -> publisher.end(new Verdict.Done()))
                .isInstanceOfSatisfying(
                        AssignmentException.class,
                        missing -> assertThat(missing.error().code()).isEqualTo("result_missing"));
    }

    private Claim claim() {
        parts.tenant()
                .run(
                        "acme",
                        () -> parts.queue()
                                .enqueue(new NewWork(
                                        "acme", WorkKind.TRAIN, "supervised", NewWork.DEFAULT_PRIORITY, null)));
        return parts.leases()
                .claim(Claimants.of("test", Slot.TRAINING, Set.of("supervised"), Set.of()))
                .orElseThrow();
    }

    private static HeldLease held(Claim claim) {
        return new HeldLease(claim.lease(), Duration.ofHours(1), System::nanoTime, System.nanoTime());
    }

    private Publisher publisher(Claim claim, Path folder) {
        return publisher(claim, held(claim), folder);
    }

    private Publisher publisher(Claim claim, HeldLease lease, Path folder) {
        Assignment assignment = new Rehearsal(parts.jdbc(), parts.system(), folder, 10, this::trouble)
                .prepare(claim, "cpu", new AttemptInputs(() -> true));
        StallWatch watch = new StallWatch(Duration.ofHours(1), Duration.ofHours(1), 2, System.nanoTime());
        return new Publisher(
                lease,
                assignment,
                buffer,
                watch,
                parts.leases(),
                parts.meters(),
                new Publisher.Storing(Duration.ofSeconds(1), new StopGrace(Duration.ZERO, Duration.ZERO), () -> {}));
    }

    private void trouble(Rehearsal.Moment moment) {
        if (moment == Rehearsal.Moment.STORE_RESULT && isResultMissing) {
            throw AssignmentException.ofMissingResult();
        }
        if (moment == Rehearsal.Moment.STORE && lostRequests-- > 0) {
            throw new QueryTimeoutException("the connection broke before the commit");
        }
        if (moment == Rehearsal.Moment.WRITTEN && lostAnswers-- > 0) {
            throw new QueryTimeoutException("the connection broke after the commit");
        }
    }

    private static Progress.Step step(int step) {
        return ReportedSteps.step(step, 10, 1.0, 1);
    }
}
