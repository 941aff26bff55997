package dev.anneal.service.worker;

import static dev.anneal.service.worker.Stage.ENDLESS;
import static dev.anneal.service.worker.Stage.STEPS;
import static dev.anneal.service.worker.Stage.await;
import static dev.anneal.service.worker.Stage.expireLease;
import static dev.anneal.service.worker.Stage.finalState;
import static dev.anneal.service.worker.Stage.lastCheckpoint;
import static dev.anneal.service.worker.Stage.rows;
import static dev.anneal.service.worker.Stage.stateIn;
import static dev.anneal.service.worker.Stage.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.platform.process.FakeEngine;
import dev.anneal.service.platform.process.FakeEngine.Misdeed;
import dev.anneal.service.platform.process.FakeTasks;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A worker that has to stop: by a client's wish, by its own end, by a lost lease; and one whose database goes away. */
@SystemTest
class SupervisorStopIT extends StageTest {

    @Test
    void aCancelledTrainingKeepsACheckpoint() {
        long work = stage.enqueue();
        stage.worker(ENDLESS, Map.of());
        await(() -> !steps(work).isEmpty());

        stage.cancel(work);

        stage.awaitState(work, WorkState.CANCELLED);
        Rehearsal.Row saved = lastCheckpoint(work);
        assertThat(stage.find(work).savedStep()).isEqualTo(saved.step());
        assertThat(stateIn(saved)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, saved.step()));
    }

    @Test
    void aPausedTrainingGoesOnWhereItStopped() {
        long work = stage.enqueue();
        Supervisor endless = stage.worker(ENDLESS, Map.of());
        await(() -> !steps(work).isEmpty());
        stage.pause(work);
        stage.awaitState(work, WorkState.PAUSED);
        int pausedAt = lastCheckpoint(work).step();
        endless.stop();

        stage.worker(pausedAt + 10, Map.of());
        stage.resume(work);

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(rows(work, "step").stream().filter(row -> row.token() == 2).findFirst())
                .get()
                .extracting(Rehearsal.Row::step)
                .isEqualTo(pausedAt + 1);
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, pausedAt + 10));
    }

    @Test
    void aProcessThatDoesNotStopIsKilledAndIsNotCalledPaused() {
        long work = stage.enqueue();
        stage.worker(ENDLESS, FakeEngine.misbehaving(Misdeed.IGNORE_STOP, 1));
        await(() -> !steps(work).isEmpty());

        stage.pause(work);

        await(() -> stage.attempts(work).get(0).outcome() != null);
        assertThat(stage.attempts(work).get(0).error())
                .extracting(WorkError::code)
                .isEqualTo("stop_timeout");
        // The wish stays, and the next attempt, which resumes, honours it.
        stage.awaitState(work, WorkState.PAUSED);
    }

    /** A model that loads for longer than the grace: nothing is lost, so no retry is used up. */
    @Test
    void aProcessThatIsKilledBeforeItsFirstStepIsPaused() {
        long work = stage.enqueue();
        stage.worker(ENDLESS, FakeEngine.misbehaving(Misdeed.SLOW_START, 1));
        await(() -> stage.find(work).state() == WorkState.RUNNING);

        stage.pause(work);

        stage.awaitState(work, WorkState.PAUSED);
        assertThat(stage.attempts(work)).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.PAUSED);
    }

    /** By then the worker knows how long a checkpoint takes. */
    private static void awaitAStepAfterACheckpoint(long work) {
        await(() -> !rows(work, "checkpoint").isEmpty()
                && steps(work).get(steps(work).size() - 1)
                        > lastCheckpoint(work).step());
    }

    /** A stop waits for the step and the checkpoint that are under way, then saves once more. */
    @Test
    void aTrainingThatSavesForLongerThanTheGraceIsPaused() {
        long work = stage.enqueue();
        stage.worker(ENDLESS, Map.of("FAKE_SAVE_MILLIS", "3000"));
        awaitAStepAfterACheckpoint(work);

        stage.pause(work);

        stage.awaitState(work, WorkState.PAUSED);
        assertThat(stage.attempts(work)).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.PAUSED);
    }

    @Test
    void aWorkerThatStopsWaitsForACheckpointThatTakesLongerThanTheGrace() {
        long work = stage.enqueue();
        Supervisor stopping = stage.worker(ENDLESS, Map.of("FAKE_SAVE_MILLIS", "3000"));
        awaitAStepAfterACheckpoint(work);

        assertThat(stopping.stop()).isTrue();

        assertThat(rows(work, "checkpoint")).hasSizeGreaterThan(1);
        assertThat(stage.find(work).savedStep()).isEqualTo(lastCheckpoint(work).step());
        assertThat(stage.attempts(work)).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.GIVEN_BACK);
    }

    @Test
    void heartbeatsAreToBeExpectedUntilAWorkerStops() {
        Supervisor worker = stage.worker(STEPS, Map.of());
        await(() -> stage.silence().isPresent());

        worker.stop();

        await(() -> stage.silence().isEmpty());
    }

    @Test
    void aWorkerThatStopsGivesItsWorkBackWithACheckpoint() {
        long work = stage.enqueue();
        Supervisor stopping = stage.worker(STEPS * 10, Map.of("FAKE_STEP_MILLIS", "50"));
        await(() -> steps(work).size() > 3);

        assertThat(stopping.stop()).isTrue();

        assertThat(stage.find(work).state()).isEqualTo(WorkState.QUEUED);
        assertThat(stage.attempts(work)).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.GIVEN_BACK);
        int savedAt = lastCheckpoint(work).step();
        stage.worker(savedAt + 5, Map.of());
        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, savedAt + 5));
        assertThat(stage.find(work).platformRetries()).isZero();
    }

    @Test
    void aStoppingWorkerDoesNotWaitForAProcessThatDoesNotStop() {
        long work = stage.enqueue();
        Supervisor stopping = stage.worker(ENDLESS, FakeEngine.misbehaving(Misdeed.HANG, 5));
        await(() -> steps(work).size() == 5);

        long begun = System.nanoTime();
        assertThat(stopping.stop()).isTrue();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        assertThat(stage.find(work).state()).isEqualTo(WorkState.QUEUED);
    }

    @Test
    void whoeverHasLostTheLeasePublishesNothingMore() {
        long work = stage.enqueue();
        stage.worker(ENDLESS, Map.of());
        await(() -> !steps(work).isEmpty());

        // As if this worker had been away for longer than its lease: the rescue gives the work to others.
        await(() -> {
            expireLease(work);
            // Unless a heartbeat came first, which takes an expired lease back.
            return stage.rescue() == 1;
        });

        // Whatever attempt 1 has published it did before its end.
        int published =
                (int) rows(work, "").stream().filter(row -> row.token() == 1).count();
        await(() -> rows(work, "step").stream().anyMatch(row -> row.token() == 2));
        assertThat(rows(work, "").stream().filter(row -> row.token() == 1)).hasSize(published);
        assertThat(rows(work, "completed")).isEmpty();
    }

    @Test
    void aShortOutageOfTheDatabaseCostsNothing() {
        long work = stage.enqueue();
        stage.worker(STEPS * 4, Map.of("FAKE_STEP_MILLIS", "40"));
        await(() -> steps(work).size() > 5);

        stage.outage(Duration.ofSeconds(2));

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(stage.attempts(work)).hasSize(1);
        assertThat(steps(work))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, STEPS * 4).boxed().toList());
    }

    @Test
    void anOutageLongerThanTheLeaseCostsNothingIfNobodyTookTheWork() {
        long work = stage.enqueue();
        stage.worker(STEPS, Map.of("FAKE_STEP_MILLIS", "40"));
        await(() -> steps(work).size() > 5);

        // The training ends while the database is away.
        stage.outage(Duration.ofSeconds(6));

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(stage.attempts(work)).hasSize(1);
        assertThat(rows(work, "completed")).hasSize(1);
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
    }
}
