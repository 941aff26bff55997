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
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.worker.assignment.AssignmentException;
import dev.anneal.service.worker.watch.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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

    /** Whose fault it is: the holder's attempt waits, with the error of the member. */
    @Test
    void aMemberThatCannotBeginSaysWhyAndTheJobGoesOn() {
        stage.group("a");
        AtomicInteger refusals = new AtomicInteger();
        List<Integer> members = new CopyOnWriteArrayList<>();
        Rehearsal.Trouble onceAsAMember = new Rehearsal.Trouble() {
            @Override
            public void at(Rehearsal.Moment moment) {}

            @Override
            public void prepared(Claim claim) {
                if (claim.part().isMember()) {
                    members.add(claim.part().firstRank());
                    if (refusals.getAndIncrement() == 0) {
                        throw new AssignmentException(WorkError.ofEnvironment("disk_full", "The disk is full."));
                    }
                }
            }
        };
        long work = stage.enqueue(2);
        stage.worker(STEPS, Map.of(), onceAsAMember);
        stage.worker(STEPS, Map.of(), onceAsAMember);

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(Objects.requireNonNull(stage.attempts(work).get(0).error()).code())
                .isEqualTo("disk_full");
        assertThat(stage.attempts(work)).hasSize(2);
        assertThat(members).hasSizeGreaterThanOrEqualTo(2).containsOnly(1);
    }

    @Test
    void aMemberThatStopsBeforeItBeginsEndsTheAttemptWithoutARetry() throws InterruptedException {
        stage.group("a");
        CountDownLatch stopped = new CountDownLatch(1);
        for (int worker = 0; worker < 2; worker++) {
            AtomicReference<@Nullable Supervisor> own = new AtomicReference<>();
            own.set(stage.worker(STEPS, Map.of(), stoppingAsAMember(own, stopped)));
        }
        long work = stage.enqueue(2);
        assertThat(stopped.await(1, TimeUnit.MINUTES)).isTrue();
        stage.worker(STEPS, Map.of());

        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(Objects.requireNonNull(stage.attempts(work).get(0).error()).code())
                .isEqualTo("group_incomplete");
        assertThat(stage.find(work).platformRetries()).isZero();
    }

    private static Rehearsal.Trouble stoppingAsAMember(
            AtomicReference<@Nullable Supervisor> worker, CountDownLatch stopped) {
        return new Rehearsal.Trouble() {
            @Override
            public void at(Rehearsal.Moment moment) {}

            @Override
            public void prepared(Claim claim) {
                Supervisor own = worker.get();
                if (claim.part().isMember() && own != null && stopped.getCount() > 0) {
                    CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> {
                        if (own.stop()) {
                            stopped.countDown();
                        }
                    });
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                }
            }
        };
    }

    /** Not only once those that wait for it have taken too long to start. */
    @Test
    void aMemberWhoseProcessEndsBeforeAllHaveMetEndsTheAttempt() throws IOException {
        stage.group("a");
        Path misdeeds = Files.writeString(folder.resolve("misdeeds"), """
                FAKE_MISDEED_OF_0=SLOW_START
                FAKE_MISDEED_OF_1=FAIL
                """);
        long work = stage.enqueue(2);
        Map<String, String> behaviour = Map.of("FAKE_FILE", misdeeds.toString());
        stage.worker(STEPS, behaviour);
        stage.worker(STEPS, behaviour);
        await(() -> stage.attempts(work).stream().anyMatch(attempt -> attempt.error() != null));
        Files.delete(misdeeds);

        Attempt failed = stage.attempts(work).get(0);
        assertThat(Objects.requireNonNull(failed.error()).code()).isEqualTo("engine_failure");
        stage.awaitState(work, WorkState.SUCCEEDED);
    }

    @Test
    void theHolderIsNotBlamedForAMemberThatStops() throws IOException {
        stage.group("a");
        long work = stage.enqueue(2);
        Map<String, String> behaviour = Map.of("FAKE_MISDEED_OF_0", "SLOW_START", "FAKE_STEP_MILLIS", "500");
        Environment ofOne = environmentWithOthers();
        stage.environment("one", ofOne);
        Supervisor one = stage.worker(STEPS, behaviour);
        Environment ofTwo = environmentWithOthers();
        stage.environment("two", ofTwo);
        Supervisor two = stage.worker(STEPS, behaviour);
        await(() -> begins(work, 1));
        boolean isOneTheHolder = stage.attempts(work).get(0).worker().equals("one");

        (isOneTheHolder ? two : one).stop();

        await(() -> stage.attempts(work).get(0).error() != null);
        assertThat(Objects.requireNonNull(stage.attempts(work).get(0).error()).code())
                .isEqualTo("group_incomplete");
        assertThat((isOneTheHolder ? ofOne : ofTwo).fault()).isEmpty();
    }

    /** With a part that would be at fault if the error of a group were this worker's own. */
    private static Environment environmentWithOthers() {
        return new Environment(
                List.of(Environment.Part.watched(
                        "others", Set.of("group_incomplete"), Optional::empty, Duration.ofMinutes(1))),
                model -> Optional::empty,
                System::nanoTime);
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
}
