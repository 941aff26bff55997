package dev.anneal.service.worker;

import static dev.anneal.service.worker.Stage.STEPS;
import static dev.anneal.service.worker.Stage.await;
import static dev.anneal.service.worker.Stage.finalState;
import static dev.anneal.service.worker.Stage.rows;
import static dev.anneal.service.worker.Stage.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.process.FakeEngine;
import dev.anneal.service.platform.process.FakeTasks;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.WorkState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainings on several devices of a worker: a process on each, which end together. */
class SeveralDevicesIT extends StageTest {

    /** What the processes of an attempt have written: name and store of their group, and their ids, by rank. */
    private List<String> ranks(long work, long attempt) throws IOException {
        List<String> ranks = new ArrayList<>();
        Path directory = folder.resolve("artifacts").resolve(work + "/attempt-" + attempt);
        for (int rank = 0; Files.exists(directory.resolve("rank-" + rank)); rank++) {
            ranks.add(Files.readString(directory.resolve("rank-" + rank)));
        }
        return ranks;
    }

    private static boolean isAlive(String rank) {
        Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(rank.substring(rank.lastIndexOf(' ') + 1)));
        return process.isPresent() && process.get().isAlive();
    }

    @Test
    void eachDeviceHasAProcessAndStepsArePublishedOnce() throws IOException {
        stage.trainingSlots(3);
        long work = stage.enqueue(3);
        stage.worker(STEPS, Map.of());

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(steps(work))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, STEPS).boxed().toList());
        List<String> ranks = ranks(work, 1);
        assertThat(ranks).hasSize(3);
        String[] group = ranks.get(0).split(" ");
        assertThat(ranks).allMatch(rank -> rank.startsWith(group[0] + " " + group[1] + " "));
        assertThat(group[0]).as("a group that no other attempt has").startsWith("work-" + work + "-1-");
        Path store = Path.of(group[1].substring("file:".length()));
        assertThat(store).isAbsolute();
        assertThat(store.startsWith(folder)).isTrue();
        await(() -> !Files.exists(store.getParent()));
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
    }

    @ParameterizedTest
    @CsvSource({"0, KILLED", "1, KILLED", "1, EXIT_1", "2, FAIL", "2, ABORTED"})
    void theLossOfOneEndsTheAttemptAndTheNextGoesOn(int rank, FakeEngine.Misdeed misdeed) throws IOException {
        Map<String, String> behaviour = new HashMap<>(FakeEngine.misbehaving(misdeed, 5));
        behaviour.put("FAKE_RANK", Integer.toString(rank));
        // Long enough that the others are in the middle when one ends.
        behaviour.put("FAKE_STEP_MILLIS", "300");
        stage.trainingSlots(3);
        long work = stage.enqueue(3);
        stage.worker(STEPS, behaviour);

        stage.awaitState(work, WorkState.SUCCEEDED);
        List<Attempt> attempts = stage.attempts(work);
        assertThat(attempts)
                .extracting(Attempt::outcome)
                .containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.SUCCEEDED);
        assertThat(ranks(work, 1)).hasSize(3).noneMatch(SeveralDevicesIT::isAlive);
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
    }

    @Test
    void aPauseStopsAllOfThemWithACheckpoint() throws IOException {
        stage.trainingSlots(2);
        long work = stage.enqueue(2);
        stage.worker(STEPS, Map.of("FAKE_STEP_MILLIS", "300"));
        await(() -> steps(work).size() >= 2);

        stage.pause(work);

        stage.awaitState(work, WorkState.PAUSED);
        assertThat(ranks(work, 1)).hasSize(2).noneMatch(SeveralDevicesIT::isAlive);
        stage.resume(work);
        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
    }

    /** The others end at once, when the first one has only begun to save. */
    @Test
    void aCheckpointIsWaitedForAfterTheOthersHaveEnded() {
        stage.trainingSlots(2);
        long work = stage.enqueue(2);
        stage.worker(STEPS, Map.of("FAKE_STEP_MILLIS", "100", "FAKE_SAVE_MILLIS", "6500"));
        await(() -> !rows(work, "checkpoint").isEmpty());

        stage.pause(work);

        stage.awaitState(work, WorkState.PAUSED);
        assertThat(stage.attempts(work)).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.PAUSED);
        stage.cancel(work);
    }

    /** Each needs more than half of the devices: one after the other, with the small ones beside them. */
    @Test
    void trainingsThatNeedMostDevicesDoNotStarveEachOther() {
        stage.trainingSlots(4);
        List<Long> all =
                List.of(stage.enqueue(3), stage.enqueue(3), stage.enqueue(1), stage.enqueue(4), stage.enqueue(2));
        stage.worker(STEPS, Map.of());
        stage.worker(STEPS, Map.of());

        all.forEach(work -> {
            stage.awaitState(work, WorkState.SUCCEEDED);
            assertThat(finalState(work)).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, STEPS));
        });
    }

    @Test
    void whatNeedsMoreThanAWorkerHasWaits() {
        stage.trainingSlots(2);
        long big = stage.enqueue(3);
        long small = stage.enqueue(2);
        stage.worker(STEPS, Map.of());

        stage.awaitState(small, WorkState.SUCCEEDED);
        assertThat(stage.find(big).state()).isEqualTo(WorkState.QUEUED);
        stage.cancel(big);
        assertThat(stage.find(big).state()).isEqualTo(WorkState.CANCELLED);
    }
}
