package dev.anneal.service.worker;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What a worker runs and how it watches it. Leases are {@code anneal.queue}'s, engine processes are {@code anneal.engine}'s.
 *
 * @param name shown as who runs a job; absent: the host's name
 * @param devices one training slot for each: {@code cpu} or {@code cuda:N}
 * @param lightDevice device of the slot for exports and evaluations
 * @param pollInterval how often a free slot looks for work, with up to a quarter more at random so that workers do not march in step
 * @param publishInterval how long steps are collected before they are written to the database together
 * @param bufferedEvents how many steps are kept while the database is away; beyond them the oldest are dropped
 * @param startTimeout how long a process may take from its start to its first step, layer, row or tensor
 * @param stallFactor a process that finishes no step, and no layer of a long one, for longer than so many times the median step hangs
 * @param shortestStall a process that finishes no step, layer, row or tensor for less than this does not hang, whatever the median is
 * @param lightTimeout how long an export or evaluation may take in all; then it fails
 * @param maxWork after so many items the worker ends, with the exit code of the last one's engine process; 0 for no limit
 * @param maxIdle after this long without work the worker ends, with 0; absent: it waits for ever
 * @param stopGrace how long a process may take to save and end when it is told to stop; then it is killed
 */
@Validated
@ConfigurationProperties("anneal.worker")
record WorkerProperties(
        @Nullable String name,
        @DefaultValue("cpu") @NotEmpty List<String> devices,
        @DefaultValue("cpu") String lightDevice,
        @DefaultValue("2s") Duration pollInterval,
        @DefaultValue("1s") Duration publishInterval,
        @DefaultValue("20000") @Min(100) int bufferedEvents,
        @DefaultValue("15m") Duration startTimeout,
        @DefaultValue("20") @DecimalMin("2") double stallFactor,
        @DefaultValue("10m") Duration shortestStall,
        @DefaultValue("2h") Duration lightTimeout,
        @DefaultValue("0") @Min(0) int maxWork,
        @Nullable Duration maxIdle,
        @DefaultValue("12s") Duration stopGrace) {

    private static final Pattern DEVICE = Pattern.compile("cpu|cuda:\\d+");

    /** Publications that a store may miss in a row before the attempt fails: half a minute of them by default. */
    private static final int STORE_TRIES = 30;

    WorkerProperties {
        devices = List.copyOf(devices);
        List<String> cuda =
                devices.stream().filter(device -> !device.equals("cpu")).toList();
        if (Set.copyOf(cuda).size() < cuda.size()) {
            // Two jobs would take each other's memory.
            throw new IllegalArgumentException(
                    "anneal.worker.devices must name each CUDA device once but is " + String.join(",", devices));
        }
    }

    /** The devices of all slots, each once. */
    List<String> allDevices() {
        return Stream.concat(devices.stream(), Stream.of(lightDevice))
                .distinct()
                .toList();
    }

    /** How long an artifact store that refuses is asked again before the attempt fails. */
    Duration storePatience() {
        return publishInterval.multipliedBy(STORE_TRIES);
    }

    /** The allowance of a worker that has just started. */
    WorkAllowance allowance(Runnable whenUsedUp) {
        return new WorkAllowance(maxWork, maxIdle, System::nanoTime, whenUsedUp);
    }

    /** The watch over a process that is started at {@code startedNanos}. */
    StallWatch watch(boolean isTraining, long startedNanos) {
        return isTraining
                ? new StallWatch(startTimeout, shortestStall, stallFactor, startedNanos)
                : StallWatch.withoutSteps(startTimeout, shortestStall, lightTimeout, startedNanos);
    }

    @AssertTrue(message = "anneal.worker.devices and anneal.worker.light-device must each be 'cpu' or 'cuda:N'")
    boolean isEveryDeviceKnown() {
        return devices.stream().allMatch(device -> DEVICE.matcher(device).matches())
                && DEVICE.matcher(lightDevice).matches();
    }
}
