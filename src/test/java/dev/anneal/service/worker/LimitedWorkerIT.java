package dev.anneal.service.worker;

import static dev.anneal.service.worker.Stage.STEPS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.ExitCode;
import dev.anneal.service.platform.process.FakeEngine;
import dev.anneal.service.platform.process.FakeEngine.Misdeed;
import dev.anneal.service.queue.WorkState;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A worker that was started for one item, as a pod of a ScaledJob is: it ends, and says how its engine process did. #6
 */
class LimitedWorkerIT extends StageTest {

    @BeforeEach
    void limit() {
        stage.limit(1, Duration.ofSeconds(60));
    }

    @Test
    void afterOneItemItEndsAndLeavesTheNextAlone() {
        long first = stage.enqueue();
        long second = stage.enqueue();
        Supervisor worker = stage.worker(STEPS, Map.of());

        stage.awaitUsedUp();

        assertThat(stage.find(first).state()).isEqualTo(WorkState.SUCCEEDED);
        assertThat(worker.exitCode(worker.stop())).isEqualTo(ExitCode.DONE.code());
        assertThat(stage.find(second).state()).isEqualTo(WorkState.QUEUED);
        assertThat(stage.attempts(second)).isEmpty();
    }

    @Test
    void itEndsWithTheCodeOfItsEngineProcess() {
        long work = stage.enqueue();
        Supervisor worker = stage.worker(STEPS, FakeEngine.misbehaving(Misdeed.BAD_INPUT, 3));

        stage.awaitUsedUp();

        assertThat(stage.find(work).state()).isEqualTo(WorkState.FAILED);
        assertThat(worker.exitCode(worker.stop())).isEqualTo(ExitCode.BAD_INPUT.code());
    }

    @Test
    void stoppedInTheMiddleItSaysThatItsWorkWasGivenBack() {
        long work = stage.enqueue();
        Supervisor worker = stage.worker(Stage.ENDLESS, Map.of());
        Stage.await(() -> !Stage.steps(work).isEmpty());

        assertThat(worker.exitCode(worker.stop())).isEqualTo(ExitCode.GIVEN_BACK.code());
        assertThat(stage.find(work).state()).isEqualTo(WorkState.QUEUED);
    }

    @Test
    void withoutWorkItEndsAfterItsPatience() {
        stage.limit(1, Duration.ofMillis(300));
        Supervisor worker = stage.worker(STEPS, Map.of());

        stage.awaitUsedUp();

        assertThat(worker.exitCode(worker.stop())).isZero();
    }
}
