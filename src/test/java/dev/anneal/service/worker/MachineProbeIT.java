package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.Progress.Measured.Rate;
import dev.anneal.protocol.Task;
import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.FakeTasks;
import dev.anneal.service.training.machine.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real engine process measures this machine. */
class MachineProbeIT {

    private static final Task.Machine TASK = new Task.Machine("cpu", 2, "auto");

    @TempDir
    private Path folder;

    @Test
    void productsAreTimedInBothPrecisionsOnAllThreads() throws Exception {
        Machine machine = new MachineProbe(TASK, launcher(EngineLauncher.ENGINE_MAIN), MachineProbe.PATIENCE)
                .measure()
                .orElseThrow();

        assertThat(machine.setup()).isEqualTo(new Machine.Setup("cpu", "auto", 2));
        assertThat(machine.startSeconds()).isBetween(0.1, 60.0);
        assertThat(machine.rates())
                .extracting(Rate::precision)
                .containsExactly("fp32", "fp32", "fp32", "bf16", "bf16", "bf16");
        assertThat(machine.rates())
                .allMatch(rate -> rate.operationsPerSecond() > 1e8 && rate.operationsPerSecond() < 1e15);
    }

    @Test
    void aProcessThatTakesTooLongIsAFailure() {
        MachineProbe probe = new MachineProbe(TASK, launcher(Endless.class.getName()), Duration.ofMillis(50));

        assertThatThrownBy(probe::measure).isInstanceOf(IOException.class).hasMessageContaining("longer than PT0.05S");
    }

    private EngineLauncher launcher(String main) {
        return new EngineLauncher(
                FakeTasks.properties(Map.of()), folder, new SharedCache(folder.resolve("cache")), main);
    }

    /** A program that never ends by itself. */
    static final class Endless {

        public static void main(String[] arguments) throws InterruptedException {
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
