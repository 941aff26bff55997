package dev.anneal.service.worker.watch;

import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.meter.MeterNames;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gauges of the current training of a slot. The series appear with the first step and disappear when the training ends,
 * so that no stale values remain. Only reading values is thread-safe.
 */
public final class TrainingGauges {

    private final MeterRegistry registry;
    private final String slot;
    private final List<Meter> meters = new ArrayList<>();
    private volatile Progress.@Nullable Step last;
    private volatile Progress.@Nullable Validation lastValidation;
    private volatile Map<String, Double> lastAnnealing = Map.of();
    private volatile Progress.@Nullable DeviceMemory lastMemory;

    TrainingGauges(MeterRegistry registry, int slot) {
        this.registry = registry;
        this.slot = Integer.toString(slot);
    }

    /** A training begins; its names are visible at once. */
    public void begin(String jobId, String model, String method) {
        end();
        Tags tags = Tags.of("slot", slot, "job_id", jobId, "model", model, "method", method);
        meters.add(Gauge.builder(MeterNames.WORKER_JOB_INFO, () -> 1)
                .description("What the slot trains now")
                .tags(tags)
                .register(registry));
    }

    /** A step has ended. */
    public void step(Progress.Step step) {
        boolean first = last == null;
        last = step;
        if (first) {
            registerCounts();
            registerFigures(FigureGauge.OF_STEPS, step.figures(), () -> last == null ? Map.of() : last.figures());
        }
        annealing(step.figures());
    }

    /** What a step has not measured stays as it was measured last. */
    private void annealing(Map<String, Double> figures) {
        Map<String, Double> measured = new HashMap<>(figures);
        measured.keySet().retainAll(FigureGauge.OF_ANNEALING.keySet());
        if (measured.isEmpty()) {
            return;
        }
        if (lastAnnealing.isEmpty()) {
            registerFigures(FigureGauge.OF_ANNEALING, measured, () -> lastAnnealing);
        }
        lastAnnealing.forEach(measured::putIfAbsent);
        lastAnnealing = measured;
    }

    /** A validation has ended. */
    public void validation(Progress.Validation validation) {
        boolean first = lastValidation == null;
        lastValidation = validation;
        if (first) {
            registerFigures(
                    FigureGauge.OF_VALIDATIONS,
                    validation.metrics(),
                    () -> lastValidation == null ? Map.of() : lastValidation.metrics());
        }
    }

    /** The device's memory was measured. */
    public void deviceMemory(Progress.DeviceMemory memory) {
        boolean first = lastMemory == null;
        lastMemory = memory;
        if (first) {
            deviceGauge(
                    MeterNames.DEVICE_MEMORY,
                    "Memory of a CUDA device that trains now",
                    Progress.DeviceMemory::totalBytes);
            deviceGauge(
                    MeterNames.DEVICE_MEMORY_USED,
                    "What is held of a CUDA device's memory, by whomever",
                    Progress.DeviceMemory::usedBytes);
            deviceGauge(
                    MeterNames.DEVICE_MEMORY_PEAK,
                    "The most that was held of a CUDA device's memory during this training",
                    Progress.DeviceMemory::peakBytes);
        }
    }

    private void deviceGauge(String name, String description, ToDoubleFunction<Progress.DeviceMemory> value) {
        meters.add(Gauge.builder(name, () -> {
                    Progress.DeviceMemory memory = lastMemory;
                    return memory == null ? Double.NaN : value.applyAsDouble(memory);
                })
                .description(description)
                .baseUnit("bytes")
                .tag("device", Objects.requireNonNull(lastMemory).device())
                .register(registry));
    }

    /** The training has ended; its series are removed. */
    public void end() {
        meters.forEach(registry::remove);
        meters.clear();
        last = null;
        lastValidation = null;
        lastAnnealing = Map.of();
        lastMemory = null;
    }

    private void registerCounts() {
        gauge(MeterNames.TRAIN_STEP, "Optimizer steps done", Progress.Step::step);
        gauge(MeterNames.TRAIN_TOTAL_STEPS, "Optimizer steps of the whole job", Progress.Step::totalSteps);
    }

    /** @param now values of the last step or validation */
    private void registerFigures(
            Map<String, FigureGauge> known, Map<String, Double> first, Supplier<Map<String, Double>> now) {
        known.forEach((metric, gauge) -> {
            if (first.containsKey(metric)) {
                meters.add(Gauge.builder(gauge.name(), () -> orNaN(now.get().get(metric)))
                        .description(gauge.description())
                        .tags(gauge.tags().and("slot", slot))
                        .register(registry));
            }
        });
    }

    private void gauge(String name, String description, ToDoubleFunction<Progress.Step> value) {
        meters.add(Gauge.builder(name, () -> valueOfLast(value))
                .description(description)
                .tag("slot", slot)
                .register(registry));
    }

    private double valueOfLast(ToDoubleFunction<Progress.Step> value) {
        Progress.Step step = last;
        return step == null ? Double.NaN : value.applyAsDouble(step);
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }
}
