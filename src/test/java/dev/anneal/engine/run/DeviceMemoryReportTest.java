package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.torch.DeviceMemory;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ReportedSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A training on a device says now and then how much of its memory is held, and the most that ever was. */
class DeviceMemoryReportTest {

    private static final long SECOND = 1_000_000_000;

    private final List<Progress> events = new ArrayList<>();
    private long now;
    private long free = 70;

    @Test
    void theDeviceIsLookedAtAfterLoadingAfterTheFirstStepAndEveryTenSeconds() {
        DeviceMemoryReport report =
                new DeviceMemoryReport(events::add, "cuda:1", () -> Optional.of(new DeviceMemory(80, free)), () -> now);

        report.accept(new Progress.Started(0, 10, 1, "bf16"));
        free = 20;
        report.accept(step(1));
        now += 9 * SECOND;
        report.accept(step(2));
        free = 30;
        now += SECOND;
        report.accept(step(3));

        assertThat(events)
                .hasSize(7)
                .filteredOn(Progress.DeviceMemory.class::isInstance)
                .containsExactly(
                        new Progress.DeviceMemory("cuda:1", 80, 10, 10),
                        new Progress.DeviceMemory("cuda:1", 80, 60, 60),
                        new Progress.DeviceMemory("cuda:1", 80, 50, 60));
    }

    @Test
    void nothingIsSaidOfACpu() {
        DeviceMemoryReport report = new DeviceMemoryReport(events::add, "cpu", Optional::empty, () -> now);

        report.accept(step(1));

        assertThat(events).containsExactly(step(1));
    }

    private static Progress.Step step(int step) {
        return ReportedSteps.step(step, 10, 2.0, 1.0);
    }
}
