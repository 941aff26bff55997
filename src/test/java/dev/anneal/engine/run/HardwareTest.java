package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Task;
import org.junit.jupiter.api.Test;

/** What a task finds on its machine. */
class HardwareTest {

    @Test
    void oneThreadDrivesADevice() {
        assertThat(new Task.Machine("cuda:0", 8, "auto").computeThreads()).isEqualTo(1);
        assertThat(new Task.Machine("cpu", 8, "auto").computeThreads()).isEqualTo(8);
    }
}
