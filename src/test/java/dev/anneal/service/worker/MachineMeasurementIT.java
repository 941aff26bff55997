package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress.Measured.Rate;
import dev.anneal.protocol.Task;
import dev.anneal.service.database.PostgresTest;
import dev.anneal.service.machine.Machine;
import dev.anneal.service.machine.MachineFixture;
import dev.anneal.service.process.EngineLauncher;
import dev.anneal.service.process.FakeTasks;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real engine process measures this machine. */
@PostgresTest
class MachineMeasurementIT {

    @TempDir
    private Path folder;

    @Test
    void productsAreTimedInBothPrecisionsOnAllThreads() throws Exception {
        Task.Machine task = new Task.Machine("cpu", 2, "auto");
        EngineLauncher launcher =
                new EngineLauncher(FakeTasks.properties(Map.of()), folder, EngineLauncher.ENGINE_MAIN);

        Machine machine = new MachineMeasurement("worker", task, launcher, MachineFixture.machines(), () -> true)
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
}
