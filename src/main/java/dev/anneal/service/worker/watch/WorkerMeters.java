package dev.anneal.service.worker.watch;

import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.training.settings.TrainingMethods;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** Metrics of a worker's leases, attempts and trainings. */
@Component
@ConditionalOnRole(Role.WORKER)
public final class WorkerMeters {

    private static final Duration[] JOB_BUCKETS = {
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(30),
        Duration.ofHours(2),
        Duration.ofHours(6),
        Duration.ofHours(24)
    };

    private static final Duration[] STEP_BUCKETS = {
        Duration.ofMillis(20),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(20),
        Duration.ofSeconds(60)
    };

    private static final double[] BYTE_BUCKETS = {1e5, 1e6, 1e7, 1e8, 1e9, 1e10};

    private final MeterRegistry registry;
    private final Counter leaseLost;
    private final Counter staleWrites;
    private final Counter tokens;
    private final Counter sharedTokens;
    private final Counter gpuBusy;
    private final Timer queued;
    private final Timer run;
    private final Timer step;
    private final Timer checkpointSave;
    private final DistributionSummary checkpointBytes;
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger slots = new AtomicInteger();
    private final AtomicInteger stuckSlots = new AtomicInteger();
    private final AtomicLong lastHeartbeatMillis = new AtomicLong();

    WorkerMeters(MeterRegistry registry) {
        this.registry = registry;
        this.leaseLost = counter(MeterNames.LEASE_LOST, "Leases that this worker found gone");
        this.staleWrites = counter(MeterNames.STALE_WRITES, "Writes that came too late and had no effect");
        this.tokens = counter(MeterNames.TRAIN_TOKENS, "Trained tokens");
        this.sharedTokens = counter(
                MeterNames.TRAIN_SHARED_TOKENS,
                "Tokens that were not computed, because the same beginning of another row was");
        this.gpuBusy = Counter.builder(MeterNames.GPU_BUSY)
                .description("Time in optimizer steps on a GPU")
                .baseUnit("seconds")
                .register(registry);
        this.queued = timer(MeterNames.JOB_QUEUE, "Waiting for a claim", JOB_BUCKETS);
        this.run = timer(MeterNames.JOB_RUN, "From a claim to the end of its attempt", JOB_BUCKETS);
        this.step = timer(MeterNames.STEP, "Duration of an optimizer step", STEP_BUCKETS);
        this.checkpointSave =
                timer(MeterNames.CHECKPOINT_SAVE, "From the end of a step to the saved checkpoint", STEP_BUCKETS);
        this.checkpointBytes = DistributionSummary.builder(MeterNames.CHECKPOINT_BYTES)
                .description("Size of a checkpoint")
                .baseUnit("bytes")
                .serviceLevelObjectives(BYTE_BUCKETS)
                .register(registry);
        TrainingMethods.NAMES.forEach(this::steps);
        registerGauges();
    }

    private void registerGauges() {
        Gauge.builder(MeterNames.WORKER_BUSY, busy::get)
                .description("Slots of this worker that run something")
                .register(registry);
        Gauge.builder(MeterNames.WORKER_SLOTS, slots::get)
                .description("Slots of this worker")
                .register(registry);
        fault("slot", stuckSlots::get);
        TimeGauge.builder(MeterNames.LAST_HEARTBEAT, lastHeartbeatMillis::get, TimeUnit.MILLISECONDS)
                .description("When the database last confirmed this worker's leases, since 1970")
                .register(registry);
    }

    /** The gauges of a training slot. */
    public TrainingGauges trainingGauges(int slot) {
        return new TrainingGauges(registry, slot);
    }

    /** Sets the number of slots; 0 after the worker has stopped. */
    public void slots(int count) {
        slots.set(count);
    }

    /** A slot has claimed work that had been claimable for {@code waited}. */
    public void claimed(Duration waited) {
        busy.incrementAndGet();
        queued.record(waited);
    }

    /** A slot takes part in the work of another worker, whose metrics are that worker's. */
    public void joined() {
        busy.incrementAndGet();
    }

    /** A slot takes part in it no more. */
    public void parted() {
        busy.decrementAndGet();
    }

    /** A slot is free again. */
    public void released(Duration ran) {
        busy.decrementAndGet();
        run.record(ran);
    }

    /**
     * @param count number of faults in this part of the worker's environment
     */
    void fault(String part, IntSupplier count) {
        Gauge.builder(MeterNames.WORKER_FAULT, count::getAsInt)
                .description("What of this worker's environment is at fault")
                .tag("part", part)
                .register(registry);
    }

    /** A slot is given up, because its engine process cannot be ended. */
    public void slotStuck() {
        stuckSlots.incrementAndGet();
    }

    /** That process has ended. */
    public void slotFreed() {
        stuckSlots.decrementAndGet();
    }

    /** A lease was lost. */
    public void leaseLost() {
        leaseLost.increment();
    }

    /** A write had no effect because its lease was gone. */
    public void staleWrite() {
        staleWrites.increment();
    }

    /** The database has answered a heartbeat. */
    public void heartbeat(Instant now) {
        lastHeartbeatMillis.set(now.toEpochMilli());
    }

    /**
     * A step of a training has ended.
     *
     * @param grown how much each {@link Figure#isCount count} has grown by the step
     */
    public void step(Progress.Step done, ToDoubleFunction<Figure> grown, String method, boolean onGpu) {
        steps(method).increment();
        tokens.increment(grown.applyAsDouble(Figure.TRAINED_TOKENS));
        sharedTokens.increment(grown.applyAsDouble(Figure.SHARED_TOKENS));
        step.record(Math.round(done.seconds() * 1e9), TimeUnit.NANOSECONDS);
        if (onGpu) {
            gpuBusy.increment(done.seconds());
        }
    }

    private Counter steps(String method) {
        return Counter.builder(MeterNames.TRAIN_STEPS)
                .description("Optimizer steps")
                .tag("method", method)
                .register(registry);
    }

    /** A checkpoint was saved. */
    public void checkpoint(Duration took, long bytes) {
        checkpointSave.record(took);
        checkpointBytes.record((double) bytes);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Timer timer(String name, String description, Duration[] buckets) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }
}
