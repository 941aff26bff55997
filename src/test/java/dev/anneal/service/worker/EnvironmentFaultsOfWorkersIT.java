package dev.anneal.service.worker;

import static dev.anneal.service.worker.Stage.STEPS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.worker.assignment.AssignmentException;
import dev.anneal.service.worker.watch.Environment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whose fault it is: a broken environment stops the worker that has it, and no work (#17). */
class EnvironmentFaultsOfWorkersIT extends StageTest {

    private static final WorkError STORE_AWAY =
            WorkError.ofEnvironment("storage_failed", "The artifact store is missing; its disk may not be mounted.");

    private volatile Optional<WorkError> store = Optional.empty();

    @Test
    void storeThatIsAwayFailsNoWorkAndEachSaysWhatItWaitsFor() {
        store = Optional.of(STORE_AWAY);
        List<Long> works = IntStream.range(0, 4).mapToObj(i -> stage.enqueue()).toList();
        stage.environment("one", environment());
        stage.worker(STEPS, Map.of(), this::refuseWhileAway);
        stage.environment("two", environment());
        stage.worker(STEPS, Map.of(), this::refuseWhileAway);

        Stage.await(() -> heldUp(works).size() == works.size());
        assertThat(heldUp(works).values())
                .allSatisfy(waiting -> assertThat(waiting)
                        .extracting("code", "message")
                        .containsExactly("storage_failed", STORE_AWAY.message()));
        Stage.sleep(Duration.ofSeconds(3));
        assertThat(works)
                .allSatisfy(work -> assertThat(stage.find(work))
                        .satisfies(found -> assertThat(found.state()).isEqualTo(WorkState.QUEUED))
                        .satisfies(found -> assertThat(found.platformRetries()).isZero()));
        int attemptsWhileAway =
                works.stream().mapToInt(work -> stage.attempts(work).size()).sum();
        assertThat(attemptsWhileAway).as("at most one for each worker").isLessThanOrEqualTo(2);

        store = Optional.empty();

        works.forEach(work -> stage.awaitState(work, WorkState.SUCCEEDED));
        assertThat(heldUp(works)).isEmpty();
    }

    @Test
    void crashOfAnEngineIsTheEnvironmentsWhileThatIsBroken() {
        long work = stage.enqueue();
        stage.environment("one", environment());
        stage.worker(STEPS, Map.of(), moment -> {
            if (moment == Rehearsal.Moment.WRITTEN
                    && store.isEmpty()
                    && stage.attempts(work).size() == 1) {
                store = Optional.of(STORE_AWAY);
                throw new IllegalStateException("a bug, or what a broken store has led to");
            }
        });

        Stage.await(() -> stage.find(work).waiting() != null);
        Work waiting = stage.find(work);
        assertThat(waiting.state()).isEqualTo(WorkState.QUEUED);
        assertThat(waiting.platformRetries()).isZero();
        assertThat(stage.attempts(work)).extracting(Attempt::error).containsExactly(STORE_AWAY);

        store = Optional.empty();
        stage.awaitState(work, WorkState.SUCCEEDED);
        assertThat(stage.find(work).waiting()).isNull();
    }

    @Test
    void goodWorkerDoesAllWorkThatABrokenOneCannot() {
        List<Long> works = IntStream.range(0, 6).mapToObj(i -> stage.enqueue()).toList();
        stage.environment("broken", environment());
        store = Optional.of(STORE_AWAY);
        stage.worker(STEPS, Map.of(), this::refuseWhileAway);
        stage.environment("good", Environment.healthy());
        stage.worker(STEPS, Map.of());

        works.forEach(work -> stage.awaitState(work, WorkState.SUCCEEDED));

        assertThat(works)
                .allSatisfy(work -> assertThat(stage.attempts(work))
                        .filteredOn(attempt -> attempt.outcome() == Attempt.Outcome.SUCCEEDED)
                        .extracting(Attempt::worker)
                        .containsExactly("good"));
        assertThat(heldUp(works)).isEmpty();
    }

    @Test
    void workerTellsItsFaultsWhileALookHangs() {
        List<Long> works = List.of(stage.enqueue());
        store = Optional.of(STORE_AWAY);
        CountDownLatch answered = new CountDownLatch(1);
        stage.environment(
                "hanging",
                new Environment(
                        List.of(
                                Environment.Part.watched(
                                        "store", Set.of("storage_failed"), () -> store, Duration.ofMillis(200)),
                                Environment.Part.watched(
                                        "disk",
                                        Set.of("disk_full"),
                                        () -> answerAfter(answered),
                                        Duration.ofMillis(200))),
                        model -> Optional::empty,
                        System::nanoTime));
        stage.worker(STEPS, Map.of(), this::refuseWhileAway);
        try {
            Stage.await(() -> heldUp(works).size() == works.size());
        } finally {
            answered.countDown();
        }
    }

    private static Optional<WorkError> answerAfter(CountDownLatch answered) {
        try {
            answered.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private void refuseWhileAway(Rehearsal.Moment moment) {
        if (moment == Rehearsal.Moment.PREPARE) {
            store.ifPresent(error -> {
                throw new AssignmentException(error);
            });
        }
    }

    private Environment environment() {
        return new Environment(
                List.of(Environment.Part.watched(
                        "store", Set.of("storage_failed"), () -> store, Duration.ofMillis(200))),
                model -> Optional::empty,
                System::nanoTime);
    }

    private Map<Long, dev.anneal.service.queue.Waiting> heldUp(List<Long> works) {
        return parts.tenant().call("acme", () -> parts.states().heldUp(works));
    }
}
