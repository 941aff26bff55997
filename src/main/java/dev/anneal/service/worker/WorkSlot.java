package dev.anneal.service.worker;

import dev.anneal.service.platform.database.DatabaseOutage;
import dev.anneal.service.platform.trace.AttemptTrace;
import dev.anneal.service.platform.trace.TracedAttempt;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimant;
import dev.anneal.service.worker.watch.HeldLease;
import dev.anneal.service.worker.watch.StopReason;
import dev.anneal.service.worker.watch.TrainingGauges;
import dev.anneal.service.worker.watch.WorkAllowance;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one item at a time: claims, runs, claims the next, until it is told to stop. */
final class WorkSlot implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkSlot.class);

    private final WorkerDevices devices;
    private final int device;
    private final WorkerProcess worker;
    private final TrainingGauges gauges;
    private final Duration trust;
    private final SlotContext equipment;
    private final HeartbeatWriter heartbeats;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable MemberWork member;

    /**
     * @param devices of this class of slots
     * @param device number of this slot's device
     * @param number tag of the slot's metrics
     * @param trust how long after the start of a renewal a lease is trusted
     */
    WorkSlot(
            WorkerDevices devices,
            int device,
            WorkerProcess worker,
            int number,
            Duration trust,
            SlotContext equipment,
            HeartbeatWriter heartbeats) {
        this.devices = devices;
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

    /** Claims nothing more, and ends its part of another worker's. {@link RunningWork#stop} stops the running item. */
    void stopClaiming() {
        stopping.countDown();
        MemberWork taking = member;
        if (taking != null) {
            taking.stop(StopReason.SHUTDOWN);
        }
    }

    /** How long its part of another worker's item may take to stop; empty if it has none. */
    Optional<Duration> memberGrace() {
        return Optional.ofNullable(member).map(MemberWork::shutdownGrace);
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

    private void giveUp(WorkerDevices.Taken taken, CompletableFuture<?> end) {
        LOG.error("An engine process cannot be ended; nothing is claimed for {} until it has", taken.names());
        devices.giveUp(taken);
        equipment.meters().slotStuck();
        CompletableFuture<?> unused = end.whenComplete((ended, failure) -> {
            LOG.info("The engine process that could not be ended has ended; {} can be used again", taken.names());
            devices.giveBack(taken);
            equipment.meters().slotFreed();
        });
    }

    /** Claims and runs one item, and returns whether there was one. */
    boolean runOnce() throws InterruptedException {
        WorkAllowance allowance = equipment.allowance();
        if (!devices.isFree(device) || !allowance.take()) {
            return false;
        }
        long calledAt = System.nanoTime();
        Optional<WorkerDevices.Taken> taken =
                equipment.environment().fault().isPresent() ? Optional.empty() : devices.claim(device, this::next);
        if (taken.isEmpty()) {
            allowance.putBack();
            return false;
        }
        if (taken.get().claim().part().isMember()) {
            takePart(taken.get());
        } else {
            run(taken.get(), calledAt);
        }
        return true;
    }

    private void takePart(WorkerDevices.Taken taken) throws InterruptedException {
        @Nullable CompletableFuture<?> left = null;
        MemberWork work = new MemberWork(taken, equipment);
        equipment.meters().joined();
        try {
            member = work;
            if (stopping.getCount() == 0) {
                work.stop(StopReason.SHUTDOWN);
            }
            try {
                work.run();
            } finally {
                left = work.left();
            }
        } finally {
            member = null;
            free(taken, left);
            equipment.meters().parted();
            equipment.allowance().ended(work.exitCode());
        }
    }

    private void run(WorkerDevices.Taken taken, long calledAt) throws InterruptedException {
        @Nullable CompletableFuture<?> left = null;
        try {
            Claim claim = taken.claim();
            HeldLease lease = new HeldLease(claim.lease(), trust, System::nanoTime, calledAt);
            AttemptTrace trace = equipment.traces().begin(attemptOf(claim));
            RunningWork work = new RunningWork(taken, lease, gauges, equipment, trace);
            try (trace) {
                run(claim, work, calledAt);
            } finally {
                left = work.left();
            }
        } finally {
            free(taken, left);
        }
    }

    /** @param left the end of processes that could not be ended, or null */
    private void free(WorkerDevices.Taken taken, @Nullable CompletableFuture<?> left) {
        if (left == null) {
            devices.giveBack(taken);
        } else {
            giveUp(taken, left);
        }
    }

    private void run(Claim claim, RunningWork work, long calledAt) throws InterruptedException {
        equipment.meters().claimed(claim.waited());
        heartbeats.add(work);
        equipment.notes().hold(claim.lease());
        try {
            if (stopping.getCount() == 0) {
                work.stop(StopReason.SHUTDOWN);
            }
            work.run();
        } finally {
            heartbeats.remove(work);
            equipment.notes().drop(claim.lease());
            equipment.meters().released(Duration.ofNanos(System.nanoTime() - calledAt));
            equipment.allowance().ended(work.exitCode());
        }
    }

    private TracedAttempt attemptOf(Claim claim) {
        return new TracedAttempt(
                worker.name(),
                claim.tenantId(),
                claim.kind().name(),
                claim.method(),
                claim.lease().token(),
                claim.traceparent());
    }

    /**
     * What another worker of its group has begun with devices of this one, or else the next item.
     *
     * @param free number of free devices
     */
    private Optional<Claim> next(int free) {
        try {
            Claimant claimant = claimant(free);
            Optional<Claim> joined = claimant.hasGroup()
                    ? equipment.memberships().join(worker.id(), free, claimant.joined())
                    : Optional.empty();
            return joined.isPresent() ? joined : equipment.leases().claim(claimant);
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

    private Claimant claimant(int free) {
        return new Claimant(
                worker,
                devices.kind(),
                equipment.assignments().methods(devices.kind()),
                equipment.environment().lackingModels(),
                devices.countLike(device),
                free,
                devices.joined());
    }

    private long nextPollMillis() {
        long interval = equipment.properties().pollInterval().toMillis();
        return interval + ThreadLocalRandom.current().nextLong(interval / 4 + 1);
    }
}
