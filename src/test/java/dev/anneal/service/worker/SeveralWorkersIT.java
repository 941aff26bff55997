package dev.anneal.service.worker;

import static dev.anneal.service.worker.Stage.STEPS;
import static dev.anneal.service.worker.Stage.await;
import static dev.anneal.service.worker.Stage.finalState;
import static dev.anneal.service.worker.Stage.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.process.FakeEngine;
import dev.anneal.service.platform.process.FakeTasks;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.worker.assignment.AssignmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Trainings on devices of several workers of a group. */
class SeveralWorkersIT extends StageTest {

    /** The name of the group of an attempt's process. */
    private String group(long work, long attempt, int rank) throws IOException {
        Path file = folder.resolve("artifacts")
                .resolve(work + "/attempt-" + attempt)
                .resolve("rank-" + rank);
        return Files.readString(file).split(" ")[0];
    }

    private boolean begins(long work, int rank) {
        return Files.exists(folder.resolve("artifacts").resolve(work + "/attempt-1/rank-" + rank));
    }

    @Test
    void theDevicesOfTwoWorkersTrainOneJob() throws IOException {
        stage.trainingSlots(2);
        stage.group("a");
        long work = stage.enqueue(3);
        stage.worker(STEPS, Map.of());
        stage.worker(STEPS, Map.of());

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(steps(work))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, STEPS).boxed().toList());
        assertThat(group(work, 1, 0)).startsWith("work-" + work + "-1-");
        assertThat(group(work, 1, 1)).isEqualTo(group(work, 1, 0));
        assertThat(group(work, 1, 2)).isEqualTo(group(work, 1, 0));
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
    }

    /** Also where several such trainings wait for each other's devices, and small ones come in between. */
    @Test
    void allOfThemAreDone() {
        stage.trainingSlots(2);
        stage.group("a");
        long[] all = {stage.enqueue(4), stage.enqueue(3), stage.enqueue(1), stage.enqueue(4), stage.enqueue(2)};
        stage.worker(STEPS, Map.of());
        stage.worker(STEPS, Map.of());

        for (long work : all) {
            stage.awaitState(work, WorkState.SUCCEEDED);
            assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
        }
    }

    @Test
    void aMemberThatCannotBeginSaysWhyAndTheJobGoesOn() {
        stage.group("a");
        AtomicInteger prepared = new AtomicInteger();
        Rehearsal.Trouble once = moment -> {
            if (moment == Rehearsal.Moment.PREPARE && prepared.getAndIncrement() == 0) {
                throw new AssignmentException(WorkError.ofSystem("no_scene", "The stage is empty."));
            }
        };
        long work = stage.enqueue(2);
        stage.worker(STEPS, Map.of(), once);
        stage.worker(STEPS, Map.of());

        stage.awaitState(work, WorkState.SUCCEEDED);
        Attempt failed = stage.attempts(work).get(0);
        assertThat(Objects.requireNonNull(failed.error()).code()).isEqualTo("no_scene");
        assertThat(stage.attempts(work)).hasSize(2);
    }

    @Test
    void aCancelledJobEndsOnAllWorkers() {
        stage.group("a");
        long work = stage.enqueue(2);
        stage.worker(STEPS, Map.of("FAKE_STEP_MILLIS", "1000"));
        stage.worker(STEPS, Map.of("FAKE_STEP_MILLIS", "1000"));
        await(() -> begins(work, 0) && begins(work, 1));

        stage.cancel(work);

        stage.awaitState(work, WorkState.CANCELLED);
        long next = stage.enqueue(2);
        stage.awaitState(next, WorkState.SUCCEEDED);
    }

    @Test
    void aWorkerThatStopsBeforeItBeginsGivesItsPartBack() {
        stage.group("a");
        long work = stage.enqueue(2);
        Supervisor first = stage.worker(STEPS, Map.of());
        assertThat(stage.find(work).state()).isEqualTo(WorkState.QUEUED);
        assertThat(first.stop()).isTrue();
        stage.worker(STEPS, Map.of());
        stage.worker(STEPS, Map.of());

        stage.awaitState(work, WorkState.SUCCEEDED);
    }
}
