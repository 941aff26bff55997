package dev.anneal.service.worker.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.queue.WorkError;
import dev.anneal.service.worker.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Faults that attempts meet and looking does not find (#17). */
class EnvironmentTest {

    private static final WorkError DISK_FULL =
            WorkError.ofEnvironment("disk_full", "The worker's disk has no space left.");
    private static final WorkError NO_HUB = WorkError.ofEnvironment("hub_unreachable", "The Hub does not answer.");

    private final AtomicLong nanos = new AtomicLong();
    private final Environment environment = new Environment(
            List.of(Environment.Part.watched("disk", Set.of("disk_full"), Optional::empty, Duration.ofSeconds(15))),
            model -> Optional::empty,
            nanos::get);

    @Test
    void faultThatLookingDoesNotFindStopsTheWorkerForAPauseThatGrows() {
        for (int pauseSeconds : List.of(5, 10, 20, 40, 60, 60)) {
            assertThat(environment.blame(DISK_FULL, List.of())).isEqualTo(DISK_FULL);
            assertThat(environment.fault()).contains(DISK_FULL);

            after(pauseSeconds - 1);
            environment.blame(WorkError.ofSystem("engine_crashed", "It crashed."), List.of());
            assertThat(environment.fault()).as("within %d s", pauseSeconds).isPresent();
            after(1);
            assertThat(environment.fault()).as("after %d s", pauseSeconds).isEmpty();
        }
        after(600);
        environment.blame(DISK_FULL, List.of());
        after(5);
        assertThat(environment.fault()).as("a new fault begins anew").isEmpty();
    }

    @Test
    void modelThatAnAttemptCouldNotHaveIsPassedOverForThePause() {
        environment.blame(NO_HUB, List.of("some/model"));
        assertThat(environment.lackingModels()).containsExactly("some/model");
        assertThat(environment.fault()).isEmpty();

        after(5);
        assertThat(environment.lackingModels()).isEmpty();
    }

    /** An attempt does not say which of its models it could not have. */
    @Test
    void eachModelOfAnAttemptIsInQuestion() {
        environment.blame(NO_HUB, List.of("some/draft", "some/target"));

        assertThat(environment.lackingModels()).containsExactlyInAnyOrder("some/draft", "some/target");
    }

    @Test
    void filesThatAreLostStopNothing() {
        environment.blame(
                WorkError.ofEnvironment("artifact_not_available", "The checkpoint is gone."), List.of("some/model"));

        assertThat(environment.lackingModels()).isEmpty();
        assertThat(environment.fault()).isEmpty();
    }

    /** What an attempt has met is known: a probe of it, or of another part, may hang. */
    @Test
    void aFaultThatAnAttemptHasMetIsNotProbed() {
        Environment unprobed = new Environment(
                List.of(Environment.Part.watched(
                        "disk",
                        Set.of("disk_full"),
                        () -> {
                            throw new AssertionError("probed");
                        },
                        Duration.ofSeconds(15))),
                model -> Optional::empty,
                nanos::get);

        assertThat(unprobed.blame(DISK_FULL, List.of("some/model"))).isEqualTo(DISK_FULL);
        assertThat(unprobed.fault()).contains(DISK_FULL);
        assertThat(unprobed.blame(NO_HUB, List.of("some/model"))).isEqualTo(NO_HUB);
        assertThat(unprobed.lackingModels()).containsExactly("some/model");
    }

    /**
     * A device that computes no more puts the worker's slots out of service; one that recovered costs the job an
     * attempt.
     */
    @Test
    void aDeviceThatFailedIsProbed() {
        AtomicReference<Optional<WorkError>> state = new AtomicReference<>(Optional.empty());
        WorkError broken = WorkError.ofEnvironment("device_unavailable", "It computes nothing.");
        WorkError failed = WorkError.ofSystem("device_failed", "The device failed.");
        Environment probed = new Environment(
                List.of(Environment.Part.suspected("device", Set.of("device_unavailable"), state::get)),
                model -> Optional::empty,
                nanos::get);

        assertThat(probed.blame(failed, List.of())).isEqualTo(failed);
        state.set(Optional.of(broken));
        assertThat(probed.blame(failed, List.of())).isEqualTo(broken);
        assertThat(probed.fault()).contains(broken);
    }

    @Test
    void modelFolderThatDoesNotAnswerHoldsUpNoLook() {
        CountDownLatch mended = new CountDownLatch(1);
        WorkError silent = WorkError.ofEnvironment("model_not_available", "It does not answer.");
        Environment hanging = new Environment(
                List.of(),
                model -> new TimedProbe(
                        () -> {
                            awaitOf(mended);
                            return Optional.empty();
                        },
                        Duration.ofMillis(50),
                        silent),
                nanos::get);

        assertThat(hanging.blame(WorkError.ofSystem("engine_failed", "It failed."), List.of("some/model")))
                .isEqualTo(silent);
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        hanging.probe();
        assertThat(hanging.lackingModels()).containsExactly("some/model");

        mended.countDown();
        Stage.await(() -> {
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            hanging.probe();
            return hanging.lackingModels().isEmpty();
        });
    }

    private void after(int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
        environment.probe();
    }

    private static void awaitOf(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
