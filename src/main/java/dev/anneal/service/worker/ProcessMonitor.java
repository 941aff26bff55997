package dev.anneal.service.worker;

import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.trace.AttemptTrace;
import dev.anneal.service.worker.assignment.Assignment;
import dev.anneal.service.worker.watch.StallWatch;
import dev.anneal.service.worker.watch.StopGrace;
import dev.anneal.service.worker.watch.TrainingGauges;
import dev.anneal.service.worker.watch.WorkerMeters;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Receives the progress of a process, on the process's own thread: updates metrics, records signs of life, and puts
 * events into the buffer for the database. It never blocks, so that the process does not have to wait.
 */
final class ProcessMonitor implements Consumer<Progress> {

    private final Assignment.Label label;
    private final boolean onGpu;
    private final WorkerMeters meters;
    private final TrainingGauges gauges;
    private final StallWatch watch;
    private final StopGrace grace;
    private final ProgressBuffer buffer;
    private final Consumer<Progress.Asked> questions;
    private final AttemptTrace trace;
    private long devicePeak;
    private volatile Progress.@Nullable Step last;
    private long lastEventNanos = System.nanoTime();

    /** What measures the process. */
    record Clocks(StallWatch watch, StopGrace grace) {}

    ProcessMonitor(
            Assignment assignment,
            WorkerMeters meters,
            TrainingGauges gauges,
            Clocks clocks,
            ProgressBuffer buffer,
            Consumer<Progress.Asked> questions,
            AttemptTrace trace) {
        this.label = assignment.label();
        this.onGpu = !assignment.task().machine().device().equals("cpu");
        this.meters = meters;
        this.gauges = gauges;
        this.watch = clocks.watch();
        this.grace = clocks.grace();
        this.buffer = buffer;
        this.questions = questions;
        this.trace = trace;
    }

    @Override
    public void accept(Progress event) {
        if (event instanceof Progress.DeviceMemory memory) {
            // Neither a step nor a sign of life: it comes together with one.
            gauges.deviceMemory(memory);
            if (memory.peakBytes() > devicePeak) {
                devicePeak = memory.peakBytes();
                buffer.add(memory);
            }
            return;
        }
        long now = System.nanoTime();
        if (event instanceof Progress.Asked asked) {
            watch.alive(now);
            questions.accept(asked);
            return;
        }
        if (event instanceof Progress.Step step) {
            watch.step(step.seconds(), now);
            grace.stepped(step.seconds());
            gauges.step(step);
            Progress.Step before = last == null ? step : last;
            meters.step(
                    step, figure -> Math.max(0, count(step, figure) - count(before, figure)), label.method(), onGpu);
            last = step;
        } else if (event instanceof Progress.Validation validation) {
            watch.alive(now);
            gauges.validation(validation);
        } else if (event instanceof Progress.Validating || event instanceof Progress.Working) {
            watch.computing(now);
        } else {
            watch.alive(now);
        }
        if (event instanceof Progress.CheckpointSaved saved) {
            meters.checkpoint(Duration.ofNanos(now - lastEventNanos), saved.bytes());
            trace.event("checkpoint saved", saved.step());
        } else if (event instanceof Progress.Started started) {
            trace.event("training started", started.firstStep());
        } else if (event instanceof Progress.Interlude interlude
                && interlude.kind() == Progress.Interlude.Cause.CHECKPOINT) {
            grace.saved(interlude.seconds());
        }
        lastEventNanos = now;
        buffer.add(event);
    }

    /** Receives the progress of another process of the attempt, of which only its being at work counts. */
    void acceptOfAnother(Progress event) {
        long now = System.nanoTime();
        if (event instanceof Progress.Step
                || event instanceof Progress.Validating
                || event instanceof Progress.Working) {
            watch.computing(now);
        } else if (!(event instanceof Progress.DeviceMemory)) {
            watch.alive(now);
        }
    }

    boolean hasSteps() {
        return last != null;
    }

    /** A resumed process counts from its checkpoint, so its first step shows where that was. */
    private static double count(Progress.Step step, Figure figure) {
        Double value = step.get(figure);
        return value == null ? 0 : value;
    }
}
