package dev.anneal.service.worker;

import static dev.anneal.service.worker.Stage.STEPS;
import static dev.anneal.service.worker.Stage.await;
import static dev.anneal.service.worker.Stage.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.FakeEngine;
import dev.anneal.service.platform.process.FakeEngine.Misdeed;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** An engine process that even a kill does not end, as one that waits for a dead disk or device. */
@SystemTest
class StuckProcessIT extends StageTest {

    @Autowired
    private MeterRegistry meters;

    private Path behaviour;

    @BeforeEach
    void misbehave() throws IOException {
        behaviour = folder.resolve("behaviour");
        Files.writeString(behaviour, "FAKE_MISDEED=%s\nFAKE_AT=3\n".formatted(Misdeed.UNKILLABLE));
        stage.trainingSlots(2);
    }

    @Test
    void otherWorkOfTheWorkerKeepsItsLease() throws IOException {
        AtomicBoolean failed = new AtomicBoolean();
        long stuck = stage.enqueue();
        worker(moment -> {
            if (moment == Rehearsal.Moment.WRITTEN && failed.compareAndSet(false, true)) {
                throw new IllegalStateException("the attempt fails in its worker, which kills the process");
            }
        });
        await(failed::get);
        Files.delete(behaviour);
        long other = stage.enqueue();
        await(() -> !steps(other).isEmpty());
        stage.cancel(stuck);

        stage.awaitState(other, WorkState.SUCCEEDED);
        stage.awaitState(stuck, WorkState.CANCELLED);

        assertThat(stage.attempts(other)).hasSize(1);
        release(stuck);
    }

    @Test
    void slotIsGivenUpUntilTheProcessEndsAndItsWorkGoesOnInAnother() throws IOException {
        long work = stage.enqueue();
        worker(moment -> {});
        await(() -> steps(work).size() == 3);
        Files.delete(behaviour);

        stage.awaitState(work, WorkState.SUCCEEDED);

        assertThat(stage.attempts(work))
                .extracting(Attempt::outcome)
                .containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.SUCCEEDED);
        assertThat(stage.attempts(work).get(0).error())
                .returns("engine_stuck", WorkError::code)
                .returns(WorkError.Origin.ENVIRONMENT, WorkError::origin);
        assertThat(stage.find(work).platformRetries()).isZero();
        await(() -> trainingSlots() == 1);
        assertThat(stuckSlots()).isEqualTo(1);
        release(work);
    }

    private void worker(Rehearsal.Trouble trouble) {
        stage.worker(STEPS * 2, Map.of("FAKE_FILE", behaviour.toString(), "FAKE_STEP_MILLIS", "50"), trouble);
    }

    /** Lets the process end, and the worker take its slot back: one that stops before leaves its folder. */
    private void release(long work) throws IOException {
        Files.createFile(
                folder.resolve("artifacts/%d/attempt-1".formatted(work)).resolve(FakeEngine.RELEASE));
        await(() -> trainingSlots() == 2 && stuckSlots() == 0);
    }

    private int trainingSlots() {
        return TestDatabase.administrator()
                .sql("SELECT training_slots FROM worker_state")
                .query(Integer.class)
                .single();
    }

    private double stuckSlots() {
        return meters.get("anneal.worker.fault").tag("part", "slot").gauge().value();
    }
}
