package dev.anneal.service.worker;

import static dev.anneal.service.worker.Stage.ENDLESS;
import static dev.anneal.service.worker.Stage.STEPS;
import static dev.anneal.service.worker.Stage.finalState;
import static dev.anneal.service.worker.Stage.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.platform.process.FakeEngine;
import dev.anneal.service.platform.process.FakeTasks;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.worker.assignment.AssignmentException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What goes wrong in the worker itself, around its processes: the attempt fails as such, and the slot goes on. */
@SystemTest
class AttemptFailuresIT extends StageTest {

    @Test
    void anAttemptThatCannotBePreparedIsRetriedAndThenFails() {
        long work = stage.enqueue();
        stage.worker(
                STEPS,
                Map.of(),
                always(
                        Rehearsal.Moment.PREPARE,
                        () -> new UncheckedIOException(new NoSuchFileException("/secret/path"))));

        stage.awaitState(work, WorkState.FAILED);

        assertThat(stage.attempts(work))
                .extracting(Attempt::outcome)
                .containsOnly(Attempt.Outcome.FAILED)
                .hasSize(3);
        assertThat(stage.find(work).error()).satisfies(error -> {
            assertThat(error).extracting(WorkError::code).isEqualTo("worker_failed");
            assertThat(error).extracting(WorkError::message).asString().doesNotContain("/secret");
        });
        assertThat(rows(work, "refused worker_failed")).hasSize(3);
    }

    @Test
    void anExhaustedHeapFailsTheAttemptAndNotTheSlot() {
        long work = stage.enqueue();
        AtomicInteger written = new AtomicInteger();
        AtomicInteger prepared = new AtomicInteger();
        stage.worker(STEPS, Map.of(), moment -> {
            if ((moment == Rehearsal.Moment.PREPARE && prepared.incrementAndGet() == 1)
                    || (moment == Rehearsal.Moment.WRITTEN && written.incrementAndGet() == 2)) {
                throw new OutOfMemoryError("Java heap space");
            }
        });

        stage.awaitState(work, WorkState.SUCCEEDED);

        assertThat(stage.attempts(work))
                .extracting(Attempt::outcome)
                .containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.FAILED, Attempt.Outcome.SUCCEEDED);
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
    }

    @Test
    void aStoreThatRefusesForAMomentCostsNothing() {
        long work = stage.enqueue();
        AtomicInteger refusals = new AtomicInteger();
        stage.worker(STEPS, Map.of(), moment -> {
            if ((moment == Rehearsal.Moment.STORE || moment == Rehearsal.Moment.STORE_RESULT)
                    && refusals.incrementAndGet() % 2 == 1) {
                throw refusal();
            }
        });

        stage.awaitState(work, WorkState.SUCCEEDED);

        assertThat(stage.attempts(work)).hasSize(1);
        assertThat(Stage.steps(work)).doesNotHaveDuplicates().hasSize(STEPS);
    }

    @Test
    void aStoreThatRefusesForGoodFailsTheAttemptAndNotTheWork() { // #17
        long work = stage.enqueue();
        stage.worker(ENDLESS, Map.of(), always(Rehearsal.Moment.STORE, AttemptFailuresIT::refusal));

        Stage.await(() -> rows(work, "failed storage_failed").size() > 3);

        assertThat(stage.find(work).platformRetries()).isZero();
        assertThat(stage.find(work).error()).isNull();
    }

    @Test
    void aResultThatCannotBeStoredFailsTheAttemptAndNotTheWork() { // #17
        long work = stage.enqueue();
        stage.worker(STEPS, Map.of(), always(Rehearsal.Moment.STORE_RESULT, AttemptFailuresIT::refusal));

        Stage.await(() -> rows(work, "failed storage_failed").size() > 3);

        assertThat(stage.find(work).state()).isIn(WorkState.QUEUED, WorkState.RUNNING);
        assertThat(rows(work, "completed")).isEmpty();
    }

    private static AssignmentException refusal() {
        return new AssignmentException(WorkError.ofEnvironment("storage_failed", "The store refuses."));
    }

    private static Rehearsal.Trouble always(Rehearsal.Moment when, Supplier<RuntimeException> failure) {
        return moment -> {
            if (moment == when) {
                throw failure.get();
            }
        };
    }
}
