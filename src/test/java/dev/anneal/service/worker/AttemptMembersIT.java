package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.TestWorkQueues;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimant;
import dev.anneal.service.queue.lease.Memberships;
import dev.anneal.service.queue.lease.TestQueue;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the holder of an attempt hears of the worker that takes part. */
@PostgresTest
class AttemptMembersIT {

    private final TestQueue queue = new TestQueue();
    private final Memberships memberships = TestQueue.memberships();
    private final WorkerStates states = TestWorkQueues.states();
    private final WorkerProcess holder = new WorkerProcess(UUID.randomUUID(), "holder", "a");
    private final WorkerProcess member = new WorkerProcess(UUID.randomUUID(), "member", "a");
    private long nanos;

    @BeforeEach
    void report() {
        report(holder);
        report(member);
    }

    @AfterEach
    void leave() {
        states.leave(holder.id());
        states.leave(member.id());
    }

    private void report(WorkerProcess worker) {
        states.report(worker, new EngineSetup("cpu", "fp32", false, 1), 1, true, null, Set.of());
    }

    private Claim claim() {
        queue.enqueue(
                new NewWork("one", WorkKind.TRAIN, "supervised", NewWork.DEFAULT_PRIORITY, null, List.of(), 2, false));
        return queue.leases
                .claim(new Claimant(holder, Slot.TRAINING, TestQueue.METHODS, Set.of(), 1, 1, Set.of()))
                .orElseThrow();
    }

    private AttemptMembers members(Claim claim) {
        return new AttemptMembers(memberships, claim.lease(), Duration.ofMillis(100), () -> nanos);
    }

    private void pass(int seconds) {
        nanos += Duration.ofSeconds(seconds).toNanos();
    }

    /** As its reports do when they stop. */
    private static void silence(String worker) {
        TestDatabase.administrator()
                .sql("UPDATE worker_state SET seen_at = clock_timestamp() - interval '25 seconds' WHERE worker = ?")
                .param(worker)
                .update();
    }

    @Test
    void aMemberThatDoesNotRunAnyMoreIsMissedByFiveLooksInARow() {
        AttemptMembers members = members(claim());
        silence("member");
        for (int look = 1; look < 5; look++) {
            pass(2);
            assertThat(members.loss()).as("look %d", look).isEmpty();
        }
        report(member);
        pass(2);
        assertThat(members.loss()).as("it was silent for a while").isEmpty();

        silence("member");
        for (int look = 1; look < 5; look++) {
            pass(2);
            assertThat(members.loss()).as("look %d", look).isEmpty();
            assertThat(members.loss()).as("asked again at once").isEmpty();
        }
        pass(2);
        assertThat(members.loss()).map(WorkError::code).contains("group_incomplete");
    }

    @Test
    void whatAMemberSaysCountsAtOnce() {
        AttemptMembers members = members(claim());
        Claim own = memberships.join(member.id(), 1, Set.of()).orElseThrow();
        WorkError error = WorkError.ofSystem("engine_killed", "It was killed.");
        memberships.failed(own, error);

        assertThat(members.loss()).as("looks are two seconds apart").isEmpty();
        pass(2);
        assertThat(members.loss()).contains(error);
        queue.leases.giveBack(own.lease(), () -> {});
        pass(2);
        assertThat(members.loss()).as("the attempt has ended meanwhile").contains(error);
    }
}
