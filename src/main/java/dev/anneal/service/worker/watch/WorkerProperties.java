package dev.anneal.service.worker.watch;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.lang3.ObjectUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Slots and time limits of a worker. {@code anneal.queue} configures leases, {@code anneal.engine} engine processes.
 *
 * @param name name of the worker as jobs show it; null: the host's name
 * @param group workers of one group train jobs together that need more devices than each of them has; empty: this
 *     worker alone
 * @param address host name or IP address at which the other workers of the group reach this one
 * @param devices one training slot for each entry: {@code cpu}, which computes with all threads of the engine's
 *     settings; {@code cpu:N}, one thread unless these say otherwise; or {@code cuda:N}. A training on several devices
 *     takes several slots
 * @param lightDevice device of the slot for exports and evaluations
 * @param pollInterval how often a free slot looks for work, plus up to a quarter at random so that workers do not poll
 *     in step
 * @param publishInterval how often steps are written to the database, in one batch
 * @param bufferedEvents how many steps are buffered while the database is unavailable; beyond that the oldest are
 *     dropped
 * @param startTimeout how long a process may take from its start to its first step, layer, row or tensor
 * @param stallFactor a process counts as hung if it finishes no step, and no layer of a long one, for this many times
 *     the median step
 * @param shortestStall a process without progress for less than this does not count as hung, whatever the median
 * @param lightTimeout total time limit for an export or evaluation, after which it fails
 * @param maxWork number of items after which the worker exits, with the exit code of the last item's engine process; 0
 *     is no limit
 * @param maxIdle how long the worker waits without work before it exits with 0; null: forever
 * @param stopGrace how long a process may take to save and exit when it is told to stop, before it is killed; plus
 *     twice what its last step and checkpoint took
 * @param longestStopGrace the most of it when the worker shuts down, but at least {@code stopGrace}
 */
@Validated
@ConfigurationProperties("anneal.worker")
public record WorkerProperties(
        @Nullable String name,
        @DefaultValue("") String group,
        @DefaultValue("") String address,
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
        @DefaultValue("12s") Duration stopGrace,
        @DefaultValue("25s") Duration longestStopGrace) {

    private static final Pattern DEVICE = Pattern.compile("cpu|cpu:\\d+|cuda:\\d+");

    /**
     * Publications in a row that may fail because of the artifact store before the attempt fails: half a minute by
     * default.
     */
    private static final int STORE_TRIES = 30;

    private static final int KILL_GRACES = 5;
    private static final Duration KILL_PATIENCE = Duration.ofMinutes(1);

    public WorkerProperties {
        devices = List.copyOf(devices);
        List<String> numbered =
                devices.stream().filter(device -> device.contains(":")).toList();
        if (Set.copyOf(numbered).size() < numbered.size()) {
            // Two jobs would compete for its memory or its core.
            throw new IllegalArgumentException("anneal.worker.devices must name each device with a number once but is "
                    + String.join(",", devices));
        }
    }

    @AssertTrue(
            message = "anneal.worker.group needs anneal.worker.address, at which the other workers of the group reach"
                    + " this one")
    boolean isReachableByItsGroup() {
        return group.isEmpty() || !address.isEmpty();
    }

    @AssertTrue(message = "anneal.worker.devices of a worker with a group must be CPUs or CUDA devices, not both")
    boolean isGroupOfOneKind() {
        return group.isEmpty()
                || devices.stream()
                                .map(device -> device.split(":", 2)[0])
                                .distinct()
                                .count()
                        <= 1;
    }

    /** The devices of all slots, each once. */
    List<String> allDevices() {
        return Stream.concat(devices.stream(), Stream.of(lightDevice))
                .distinct()
                .toList();
    }

    /** How long failing calls to the artifact store are retried before the attempt fails. */
    public Duration storePatience() {
        return publishInterval.multipliedBy(STORE_TRIES);
    }

    /** How long a killed process may take to end before its slot is given up: a minute by default. */
    public Duration killPatience() {
        Duration graces = stopGrace.multipliedBy(KILL_GRACES);
        return ObjectUtils.min(graces, KILL_PATIENCE);
    }

    /** The grace of a process that is about to start. */
    public StopGrace grace() {
        return new StopGrace(stopGrace, ObjectUtils.max(longestStopGrace, stopGrace));
    }

    /** The allowance of a worker that has just started. */
    public WorkAllowance allowance(Runnable whenUsedUp) {
        return new WorkAllowance(maxWork, maxIdle, System::nanoTime, whenUsedUp);
    }

    /** The watch over a process that is started at {@code startedNanos}. */
    public StallWatch watch(boolean isTraining, long startedNanos) {
        return isTraining
                ? new StallWatch(startTimeout, shortestStall, stallFactor, startedNanos)
                : StallWatch.withoutSteps(startTimeout, shortestStall, lightTimeout, startedNanos);
    }

    @AssertTrue(
            message =
                    "anneal.worker.devices and anneal.worker.light-device must each be 'cpu', 'cpu:N' or" + " 'cuda:N'")
    boolean isEveryDeviceKnown() {
        return devices.stream().allMatch(device -> DEVICE.matcher(device).matches())
                && DEVICE.matcher(lightDevice).matches();
    }
}
