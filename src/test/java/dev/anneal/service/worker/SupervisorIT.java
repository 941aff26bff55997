package dev.anneal.service.worker;

import static dev.anneal.service.worker.Stage.STEPS;
import static dev.anneal.service.worker.Stage.await;
import static dev.anneal.service.worker.Stage.finalState;
import static dev.anneal.service.worker.Stage.rows;
import static dev.anneal.service.worker.Stage.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.GradingReply;
import dev.anneal.service.platform.process.FakeEngine;
import dev.anneal.service.platform.process.FakeEngine.Misdeed;
import dev.anneal.service.platform.process.FakeTasks;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** A worker with real processes that only pretend to train, and every way in which they can end by themselves. */
class SupervisorIT extends StageTest {

    @Test
    void aTrainingSucceedsAndEveryStepIsPublishedOnce() {
        long work = stage.enqueue();
        stage.worker(STEPS, Map.of());

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(steps(work))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, STEPS).boxed().toList());
        assertThat(rows(work, "completed")).hasSize(1);
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
        assertThat(stage.attempts(work)).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.SUCCEEDED);
    }

    /** For estimates of those who ask before anything has run. */
    @Test
    void aWorkerTellsHowItSetsUpTrainings() {
        stage.worker(STEPS, Map.of());

        await(() -> parts.system().call(parts.states()::newestEngine).isPresent());
        assertThat(parts.system().call(parts.states()::newestEngine))
                .contains(FakeTasks.launcher(folder, Map.of()).setup("cpu"));
    }

    /** Nothing else rescues here: a worker that is started again does not wait for its own leases to expire. */
    @Test
    void whatADeadWorkerOfTheHostHeldGoesOnAtOnce() {
        long work = stage.enqueue();
        stage.claimByADeadWorker();

        stage.worker(STEPS, Map.of());

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(stage.attempts(work))
                .extracting(Attempt::outcome)
                .containsExactly(Attempt.Outcome.LOST, Attempt.Outcome.SUCCEEDED);
    }

    /** #5 */
    @Test
    void whatGradersAskIsAnsweredForTheTenant() {
        long work = stage.enqueue();
        stage.answerGraders((tenant, prepared) -> (id, question) ->
                new GradingReply(id, List.of(new GradingReply.Answer(null, tenant.equals("acme") ? 0.5 : 0, 0, null))));
        stage.worker(STEPS, FakeEngine.misbehaving(Misdeed.ASK, 3));

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(stage.attempts(work)).hasSize(1);
    }

    @Test
    void badInputFailsAtOnceWithTheEnginesWords() {
        long work = stage.enqueue();
        stage.worker(STEPS, FakeEngine.misbehaving(Misdeed.BAD_INPUT, 3));

        stage.awaitState(work, WorkState.FAILED);
        assertThat(stage.find(work).error())
                .isEqualTo(WorkError.ofUser("non_finite_loss", "the loss of step 3 is NaN", null));
        assertThat(stage.attempts(work)).hasSize(1);
        assertThat(rows(work, "checkpoint")).extracting(Rehearsal.Row::step).containsExactly(2);
    }

    @Test
    void aCrashIsRetriedFromTheLastCheckpointWithTheSameResult() {
        long work = stage.enqueue();
        stage.worker(STEPS, FakeEngine.misbehaving(Misdeed.EXIT_1, 7));

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(stage.attempts(work))
                .extracting(Attempt::outcome)
                .containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.SUCCEEDED);
        // Checkpoints are saved at even steps: step 7 is lost, and done again.
        assertThat(rows(work, "step").stream().filter(row -> row.token() == 2).findFirst())
                .get()
                .extracting(Rehearsal.Row::step)
                .isEqualTo(7);
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
    }

    @Test
    void aKillBySignal9IsToldAsSuch() {
        long work = stage.enqueue();
        stage.worker(STEPS, FakeEngine.misbehaving(Misdeed.KILLED, 5));

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(stage.attempts(work).get(0).error())
                .returns("engine_killed", WorkError::code)
                .extracting(WorkError::message, InstanceOfAssertFactories.STRING)
                .contains("killed from outside (signal 9)");
    }

    @Test
    void anAttemptThatFailsAgainAndAgainUsesItsBudgetUp() {
        long work = stage.enqueue();
        stage.worker(STEPS, FakeEngine.misbehaving(Misdeed.ABORTED, 1));

        stage.awaitState(work, WorkState.FAILED);
        assertThat(stage.attempts(work)).hasSize(3);
        assertThat(stage.find(work).error()).extracting(WorkError::code).isEqualTo("engine_crashed");
    }

    @Test
    void aHungProcessIsKilledAndItsWorkGoesOn() {
        long work = stage.enqueue();
        stage.worker(STEPS, FakeEngine.misbehaving(Misdeed.HANG, 9));

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(stage.attempts(work).get(0).error())
                .extracting(WorkError::code)
                .isEqualTo("no_progress");
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
    }

    @Test
    void aStepMayTakeLongerThanAHangAsLongAsItGetsOn() {
        long work = stage.enqueue();
        stage.worker(STEPS, FakeEngine.misbehaving(Misdeed.LONG_STEP, 9));

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(stage.attempts(work)).hasSize(1);
        assertThat(steps(work)).hasSize(STEPS);
    }

    @Test
    void aProcessThatNeverStartsIsKilled() {
        long work = stage.enqueue();
        stage.worker(STEPS, FakeEngine.misbehaving(Misdeed.SLOW_START, 1));

        stage.awaitState(work, WorkState.FAILED);
        assertThat(stage.find(work).error()).extracting(WorkError::code).isEqualTo("no_start");
    }
}
