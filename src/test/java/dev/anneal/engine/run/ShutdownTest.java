package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.ExitCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A process ends with its task's code, or as given back when the task does not end in time. */
class ShutdownTest {

    @Test
    void codeOfTheTaskIsTheCodeOfTheProcess() {
        Shutdown ending = new Shutdown(new Signals());
        ending.taskEnded(ExitCode.BAD_INPUT);

        assertThat(ending.awaitCode(Duration.ofMinutes(1))).isEqualTo(ExitCode.BAD_INPUT);
    }

    @Test
    void taskThatDoesNotEndIsGivenBack() {
        Shutdown ending = new Shutdown(new Signals());

        assertThat(ending.awaitCode(Duration.ofMillis(1))).isEqualTo(ExitCode.GIVEN_BACK);
    }
}
