package dev.anneal.service.worker;

import dev.anneal.protocol.Command;
import dev.anneal.service.assignment.Assignment;
import dev.anneal.service.assignment.AssignmentException;
import dev.anneal.service.metrics.TrainingGauges;
import dev.anneal.service.process.EngineExit;
import dev.anneal.service.process.EngineProcess;
import dev.anneal.service.queue.Claim;
import dev.anneal.service.queue.Ending;
import dev.anneal.service.queue.WorkError;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One claimed item, from the claim to the end of its attempt. It runs on its slot's thread, which alone talks to the database about it;
 * heartbeats, shutdown and timers only tell it to stop.
 */
final class RunningWork {

    private static final Logger LOG = LoggerFactory.getLogger(RunningWork.class);

    private final Claim claim;
    private final HeldLease lease;
    private final String device;
    private final TrainingGauges gauges;
    private final Equipment equipment;
    private final ProgressBuffer buffer;

    private @Nullable StopReason stopReason;
    private @Nullable EngineProcess process;
    private @Nullable Future<?> graceEnd;
    private boolean killed;

    RunningWork(Claim claim, HeldLease lease, String device, TrainingGauges gauges, Equipment equipment) {
        this.claim = claim;
        this.lease = lease;
        this.device = device;
        this.gauges = gauges;
        this.equipment = equipment;
        this.buffer = new ProgressBuffer(equipment.properties().bufferedEvents());
    }

    HeldLease lease() {
        return lease;
    }

    /** Does the work; returns when its attempt has ended or is somebody else's. */
    void run() throws InterruptedException {
        Assignment assignment;
        try {
            assignment = equipment.assignments().prepare(claim, device);
        } catch (AssignmentException e) {
            LOG.warn("Work {} cannot begin: {}", claim.lease().workId(), e.getMessage(), e);
            refuse(e.error());
            return;
        }
        try {
            attempt(assignment);
        } finally {
            gauges.end();
        }
    }

    /** Ends the process: in good order with a checkpoint, or at once, as the reason demands. */
    synchronized void stop(StopReason reason) {
        if (stopReason == null || (stopReason.isOrderly() && !reason.isOrderly())) {
            stopReason = reason;
            carryOutStop();
        }
    }

    private synchronized void started(EngineProcess newProcess) {
        process = newProcess;
        // It may have been told to stop while it was being prepared.
        carryOutStop();
    }

    private synchronized void ended(EngineProcess ended) {
        if (graceEnd != null) {
            graceEnd.cancel(false);
        }
        ended.exit().join();
    }

    private void carryOutStop() {
        EngineProcess running = process;
        if (running == null || stopReason == null) {
            return;
        }
        if (stopReason.isOrderly()) {
            running.send(Command.STOP);
            Duration grace = equipment.properties().stopGrace();
            graceEnd = equipment.timer().schedule(this::kill, grace.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            kill();
        }
    }

    private synchronized void kill() {
        EngineProcess running = process;
        if (running != null && !running.exit().isDone()) {
            LOG.warn(
                    "Killing engine process {} of work {} ({})",
                    running.pid(),
                    claim.lease().workId(),
                    stopReason);
            killed = true;
            running.kill();
        }
    }

    private void attempt(Assignment assignment) throws InterruptedException {
        WorkerProperties properties = equipment.properties();
        long now = System.nanoTime();
        StallWatch watch = assignment.label().isTraining()
                ? new StallWatch(properties.startTimeout(), properties.shortestStall(), properties.stallFactor(), now)
                : StallWatch.withoutSteps(properties.lightTimeout(), now);
        Publisher publisher = new Publisher(lease, assignment, buffer, watch, equipment.leases(), equipment.meters());
        ProcessMonitor monitor = new ProcessMonitor(assignment, equipment.meters(), gauges, watch, buffer);
        publisher.announce();
        if (assignment.label().isTraining()) {
            gauges.begin(
                    assignment.label().id(),
                    assignment.label().model(),
                    assignment.label().method());
        }
        try {
            EngineExit exit = superviseProcess(assignment, monitor, watch, publisher);
            conclude(assignment, publisher, verdict(exit, monitor));
        } catch (IOException | RuntimeException e) {
            // Nothing that a lost database explains: the machine or this program is at fault, and another attempt may
            // go well.
            LOG.error(
                    "The attempt at {} failed in its worker; another one is made if the budget allows it",
                    assignment.label().id(),
                    e);
            conclude(assignment, publisher, new Verdict.Fail(WorkError.ofSystem("worker_failed", e.toString())));
        }
    }

    private EngineExit superviseProcess(
            Assignment assignment, ProcessMonitor monitor, StallWatch watch, Publisher publisher)
            throws IOException, InterruptedException {
        Path directory = equipment.workspace().newDirectory(claim.kind().name().toLowerCase(Locale.ROOT));
        EngineProcess running = equipment.launcher().launch(assignment.task(), directory, monitor);
        try {
            LOG.info(
                    "{} runs in engine process {}, attempt {}",
                    assignment.label().id(),
                    running.pid(),
                    claim.lease().token());
            CompletableFuture<Void> heard = running.exit().thenRun(buffer::ring);
            started(running);
            while (!running.exit().isDone()) {
                buffer.awaitNews(equipment.properties().publishInterval());
                watch.verdict(System.nanoTime()).ifPresent(this::stop);
                publisher.publish();
                if (lease.isLost()) {
                    stop(StopReason.LEASE_LOST);
                }
            }
            heard.join();
            return running.exit().join();
        } finally {
            running.kill();
            ended(running);
            equipment.workspace().remove(directory);
        }
    }

    private synchronized Verdict verdict(EngineExit exit, ProcessMonitor monitor) {
        Verdict verdict = Verdict.of(exit, stopReason, killed, lease.wish(), monitor.failed());
        if (verdict instanceof Verdict.Fail failed && !lease.isLost()) {
            LOG.warn(
                    "Work {}: {} The last words of its process, exit code {}:\n{}",
                    claim.lease().workId(),
                    failed.error().message(),
                    exit.code(),
                    exit.stderrTail());
        }
        return verdict;
    }

    /** Publishes the rest and ends the attempt, however long the database takes to come back. */
    private void conclude(Assignment assignment, Publisher publisher, Verdict verdict) throws InterruptedException {
        while (!lease.isLost()) {
            Optional<Ending> ending = publisher.publish() ? publisher.end(verdict) : Optional.empty();
            if (ending.isPresent()) {
                ended(assignment, ending.get());
                return;
            }
            buffer.awaitNews(equipment.properties().publishInterval());
        }
        equipment.meters().leaseLost();
        LOG.warn(
                "Nothing more of {} is published: its lease, attempt {}, is lost",
                assignment.label().id(),
                claim.lease().token());
    }

    private void ended(Assignment assignment, Ending ending) {
        if (!ending.holds()) {
            equipment.meters().staleWrite();
            equipment.meters().leaseLost();
        } else if (ending.state() != null && ending.state().isFinal()) {
            cleanUp(assignment);
        }
        LOG.info(
                "{} is {} after attempt {}",
                assignment.label().id(),
                ending.state(),
                claim.lease().token());
    }

    private static void cleanUp(Assignment assignment) {
        try {
            assignment.cleanUp();
        } catch (RuntimeException e) {
            LOG.warn(
                    "What {} has left behind could not be removed; it only takes room",
                    assignment.label().id(),
                    e);
        }
    }

    private void refuse(WorkError error) {
        try {
            equipment.leases().fail(lease.lease(), error, jdbc -> {});
        } catch (RuntimeException failure) {
            if (!DatabaseOutage.explains(failure)) {
                throw failure;
            }
            LOG.warn(
                    "Work {} cannot be given back now; its lease expires and somebody else rescues it",
                    claim.lease().workId(),
                    failure);
        }
    }
}
