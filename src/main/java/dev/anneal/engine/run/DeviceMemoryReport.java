package dev.anneal.engine.run;

import dev.anneal.engine.network.torch.DeviceMemory;
import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Adds the memory use of a CUDA device to a training's progress. Not thread-safe. */
final class DeviceMemoryReport implements Consumer<Progress> {

    private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

    private final Consumer<Progress> progress;
    private final String device;
    private final Supplier<Optional<DeviceMemory>> memory;
    private final LongSupplier nanoTime;
    private boolean stepped;
    private long peak;
    private long lastNanos;

    /**
     * @param memory memory of {@code device}; empty if it is not a CUDA device
     */
    DeviceMemoryReport(
            Consumer<Progress> progress,
            String device,
            Supplier<Optional<DeviceMemory>> memory,
            LongSupplier nanoTime) {
        this.progress = progress;
        this.device = device;
        this.memory = memory;
        this.nanoTime = nanoTime;
    }

    @Override
    public void accept(Progress event) {
        progress.accept(event);
        if (event instanceof Progress.Started) {
            report();
        } else if (event instanceof Progress.Step && (!stepped || nanoTime.getAsLong() - lastNanos >= PAUSE_NANOS)) {
            stepped = true;
            report();
        }
    }

    private void report() {
        lastNanos = nanoTime.getAsLong();
        memory.get().ifPresent(now -> {
            peak = Math.max(peak, now.used());
            progress.accept(new Progress.DeviceMemory(device, now.total(), now.used(), peak));
        });
    }
}
