package dev.anneal.service.worker;

import dev.anneal.service.platform.database.DatabaseOutage;
import dev.anneal.service.platform.process.EngineExit;
import dev.anneal.service.platform.trace.AttemptTrace;
import dev.anneal.service.platform.trace.TracedAttempt;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.worker.watch.HeldLease;
import dev.anneal.service.worker.watch.StopReason;
import dev.anneal.service.worker.watch.TrainingGauges;
import dev.anneal.service.worker.watch.WorkAllowance;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one item at a time: claims, runs, claims the next, until it is told to stop. */
final class WorkSlot implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkSlot.class);

    private final Slot kind;
    private final String device;
    private final String worker;
    private final TrainingGauges gauges;
    private final Duration trust;
    private final SlotContext equipment;
    private final HeartbeatWriter heartbeats;
    private final CountDownLatch stopping = new CountDownLatch(1);
    /** The end of a process that even a kill did not end; null if there is none. */
    private volatile @Nullable Future<EngineExit> left;

    /**
     * @param number tag of the slot's metrics
     * @param trust how long after the start of a renewal a lease is trusted
     */
    WorkSlot(
            Slot kind,
            String device,
            String worker,
            int number,
            Duration trust,
            SlotContext equipment,
            HeartbeatWriter heartbeats) {
        this.kind = kind;
        this.device = device;
        this.worker = worker;
        this.gauges = equipment.meters().trainingGauges(number);
        this.trust = trust;
        this.equipment = equipment;
        this.heartbeats = heartbeats;
    }

    @Override
    public void run() {
        try {
            boolean stop = false;
            while (!stop) {
                boolean worked = survives();
                stop = worked ? stopping.getCount() == 0 : stopping.await(nextPollMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Claims nothing more. {@link RunningWork#stop} stops the running item. */
    void stopClaiming() {
        stopping.countDown();
    }

    /** After any failure of an item, even an exhausted heap, the slot takes the next one. */
    private boolean survives() throws InterruptedException {
        try {
            return runOnce();
        } catch (RuntimeException | Error e) {
            LOG.error("The work of this slot failed unexpectedly; its lease expires and it is rescued", e);
            return false;
        }
    }

    /** Whether the slot is given up, because a process of it could not be ended and may hold its device. */
    boolean isStuck() {
        return left != null;
    }

    boolean isForTrainings() {
        return kind == Slot.TRAINING;
    }

    private void giveUp(Future<EngineExit> end) {
        LOG.error("An engine process cannot be ended; its slot on {} claims nothing until it has", device);
        left = end;
        equipment.meters().slotStuck();
    }

    private void takeUpIfEnded() {
        Future<EngineExit> end = left;
        if (end != null && end.isDone()) {
            LOG.info("The engine process that could not be ended has ended; its slot on {} claims again", device);
            left = null;
            equipment.meters().slotFreed();
        }
    }

    /** Claims and runs one item, and returns whether there was one. */
    boolean runOnce() throws InterruptedException {
        takeUpIfEnded();
        WorkAllowance allowance = equipment.allowance();
        if (isStuck() || !allowance.take()) {
            return false;
        }
        long calledAt = System.nanoTime();
        Optional<Claim> claim = equipment.environment().fault().isPresent() ? Optional.empty() : claim();
        if (claim.isEmpty()) {
            allowance.putBack();
            return false;
        }
        HeldLease lease = new HeldLease(claim.get().lease(), trust, System::nanoTime, calledAt);
        AttemptTrace trace = equipment.traces().begin(attemptOf(claim.get()));
        RunningWork work = new RunningWork(claim.get(), lease, device, gauges, equipment, trace);
        equipment.meters().claimed(claim.get().waited());
        heartbeats.add(work);
        equipment.notes().hold(claim.get().lease());
        try (trace) {
            if (stopping.getCount() == 0) {
                work.stop(StopReason.SHUTDOWN);
            }
            work.run();
        } finally {
            heartbeats.remove(work);
            equipment.notes().drop(claim.get().lease());
            if (work.left() != null) {
                giveUp(work.left());
            }
            equipment.meters().released(Duration.ofNanos(System.nanoTime() - calledAt));
            allowance.ended(work.exitCode());
        }
        return true;
    }

    private TracedAttempt attemptOf(Claim claim) {
        return new TracedAttempt(
                worker,
                claim.tenantId(),
                claim.kind().name(),
                claim.method(),
                claim.lease().token(),
                claim.traceparent());
    }

    private Optional<Claim> claim() {
        try {
            return equipment
                    .leases()
                    .claim(
                            worker,
                            kind,
                            equipment.assignments().methods(kind),
                            equipment.environment().lackingModels());
        } catch (RuntimeException failure) {
            if (DatabaseOutage.explains(failure)) {
                LOG.warn(
                        "Cannot claim work now; trying again in {}: {}",
                        equipment.properties().pollInterval(),
                        failure.getMessage());
            } else {
                LOG.error(
                        "Claiming work failed; trying again in {}",
                        equipment.properties().pollInterval(),
                        failure);
            }
            return Optional.empty();
        }
    }

    private long nextPollMillis() {
        long interval = equipment.properties().pollInterval().toMillis();
        return interval + ThreadLocalRandom.current().nextLong(interval / 4 + 1);
    }
}
