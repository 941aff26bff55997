package dev.anneal.service.worker;

import dev.anneal.protocol.ExitCode;
import dev.anneal.service.inference.grader.GradingAnswers;
import dev.anneal.service.platform.process.EngineExit;
import dev.anneal.service.platform.trace.AttemptTrace;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Ending;
import dev.anneal.service.worker.assignment.Assignment;
import dev.anneal.service.worker.assignment.AssignmentException;
import dev.anneal.service.worker.assignment.AttemptInputs;
import dev.anneal.service.worker.assignment.TransferGuard;
import dev.anneal.service.worker.assignment.UnwantedTransferException;
import dev.anneal.service.worker.watch.HeldLease;
import dev.anneal.service.worker.watch.StallWatch;
import dev.anneal.service.worker.watch.StopGrace;
import dev.anneal.service.worker.watch.StopReason;
import dev.anneal.service.worker.watch.StuckProcessException;
import dev.anneal.service.worker.watch.TrainingGauges;
import dev.anneal.service.worker.watch.Verdict;
import dev.anneal.service.worker.watch.WorkerProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One claimed item, from the claim to the end of its attempt. It runs on its slot's thread, the only one that writes
 * about it to the database; heartbeats, shutdown and timers only tell it to stop.
 */
final class RunningWork {

    private static final Logger LOG = LoggerFactory.getLogger(RunningWork.class);

    private final Claim claim;
    private final HeldLease lease;
    private final WorkerDevices.Taken devices;
    private final TrainingGauges gauges;
    private final SlotContext equipment;
    private final ProgressBuffer buffer;
    private final StopGrace grace;
    private final StoppableProcess process;
    private int exitCode = ExitCode.FAILURE.code();
    private final AttemptTrace trace;
    private final AttemptMembers members;
    private @Nullable CompletableFuture<?> left;
    private boolean isMembersFault;

    RunningWork(
            WorkerDevices.Taken devices,
            HeldLease lease,
            TrainingGauges gauges,
            SlotContext equipment,
            AttemptTrace trace) {
        WorkerProperties properties = equipment.properties();
        this.devices = devices;
        this.claim = devices.claim();
        this.lease = lease;
        this.gauges = gauges;
        this.equipment = equipment;
        this.buffer = new ProgressBuffer(properties.bufferedEvents());
        this.grace = properties.grace();
        this.process =
                new StoppableProcess(claim.lease().workId(), grace, properties.killPatience(), equipment.timer());
        this.trace = trace;
        this.members = new AttemptMembers(
                equipment.memberships(), claim.lease(), properties.publishInterval(), System::nanoTime);
    }

    HeldLease lease() {
        return lease;
    }

    /** How long it may take to stop when the worker shuts down. */
    Duration shutdownGrace() {
        return grace.ofShutdown();
    }

    /** Stops the process: with a checkpoint, or at once, depending on the reason. */
    void stop(StopReason reason) {
        process.stop(reason);
    }

    /**
     * Exit code of the engine process; that of a failure if there was no process or its result could not be stored. For
     * the slot's thread.
     */
    int exitCode() {
        return exitCode;
    }

    /**
     * The end of the process if it has not come, though the process was killed; null otherwise. For the slot's thread.
     */
    @Nullable
    CompletableFuture<?> left() {
        return left;
    }

    /** Runs the work until its attempt has ended or another worker has it. */
    void run() throws InterruptedException {
        WorkerProperties properties = equipment.properties();
        Duration stallAfter = properties.startTimeout().plus(Publisher.WATCH_IS_FIRST);
        AttemptTransfers fetches = transfers(() -> stallAfter, () -> process.reason() == null);
        try (AttemptInputs inputs = new AttemptInputs(fetches)) {
            run(inputs, fetches);
        }
    }

    private AttemptTransfers transfers(Supplier<Duration> stallAfter, BooleanSupplier wanted) {
        return new AttemptTransfers(
                lease, equipment.leases(), process, equipment.properties().publishInterval(), stallAfter, wanted);
    }

    /** Whether to store what the process has made: not after a lost lease, a cancellation or an overdue shutdown. */
    private boolean isOutputWanted() {
        return !lease.isLost() && lease.wish() != Wish.CANCEL && !process.isShutdownOverdue();
    }

    private void run(AttemptInputs inputs, TransferGuard guard) throws InterruptedException {
        Assignment assignment;
        GradingAnswers answers;
        try {
            answers =
                    equipment.grading().prepare(claim.tenantId(), claim.lease().workId());
            assignment = equipment.assignments().prepare(claim, devices.names().get(0), inputs);
            if (claim.part().isShared()) {
                members.awaitReady(guard);
            }
        } catch (RuntimeException | Error e) {
            if (process.reason() != null) {
                giveBack();
                return;
            }
            LOG.warn("Work {} cannot begin", claim.lease().workId(), e);
            isMembersFault = e instanceof MemberException;
            refuse(blamed(AttemptErrors.of(e)));
            return;
        }
        try (EngineGrading grading = new EngineGrading(answers)) {
            attempt(assignment, grading);
        } finally {
            gauges.end();
        }
    }

    private void attempt(Assignment assignment, EngineGrading grading) throws InterruptedException {
        trace.named(assignment.label().id(), assignment.label().model());
        StallWatch watch = equipment.properties().watch(assignment.label().isTraining(), System.nanoTime());
        Publisher publisher = new Publisher(
                lease,
                assignment,
                buffer,
                watch,
                equipment.leases(),
                equipment.meters(),
                new Publisher.Storing(
                        equipment.properties().storePatience(),
                        grace,
                        transfers(() -> Publisher.stallAfter(watch), this::isOutputWanted)::requireWanted));
        ProcessMonitor monitor = new ProcessMonitor(
                assignment,
                equipment.meters(),
                gauges,
                new ProcessMonitor.Clocks(watch, grace),
                buffer,
                grading::take,
                trace);
        if (assignment.label().isTraining()) {
            gauges.begin(
                    assignment.label().id(),
                    assignment.label().model(),
                    assignment.label().method());
        }
        try {
            publisher.announce();
            EngineProcesses.Ended ended = supervise(assignment, monitor, grading, watch, publisher);
            exitCode = ended.exit().code();
            conclude(assignment, publisher, verdict(ended, monitor));
        } catch (UnwantedTransferException unwanted) {
            publisher.abandon();
            conclude(assignment, publisher, unlessStuck(stopOf(monitor).verdict()));
        } catch (StuckProcessException stuck) {
            // What is not published may be on a disk that does not answer.
            publisher.abandon();
            conclude(assignment, publisher, StuckProcessException.verdict());
        } catch (IOException | RuntimeException | Error e) {
            // Not caused by an unreachable database: the machine or this program is at fault, and another attempt may
            // succeed.
            LOG.error(
                    "The attempt of {} failed in its worker; it is retried if retries are left",
                    assignment.label().id(),
                    e);
            exitCode = ExitCode.FAILURE.code();
            publisher.abandon();
            conclude(assignment, publisher, unlessStuck(new Verdict.Fail(AttemptErrors.of(e))));
        }
    }

    private Verdict.Stop stopOf(ProcessMonitor monitor) {
        return new Verdict.Stop(process.reason(), process.wasKilled(), lease.wish(), monitor.hasSteps());
    }

    private Verdict unlessStuck(Verdict verdict) {
        return left == null ? verdict : StuckProcessException.verdict();
    }

    private EngineProcesses.Ended supervise(
            Assignment assignment, ProcessMonitor monitor, EngineGrading grading, StallWatch watch, Publisher publisher)
            throws IOException, InterruptedException {
        EngineProcesses running = EngineProcesses.launch(
                equipment, devices, assignment.task(), meetingPlace(watch), monitor, monitor::acceptOfAnother);
        try {
            grading.serve(running.first());
            trace.event("process started");
            LOG.info(
                    "{} runs in engine process {} on {}, attempt {}",
                    assignment.label().id(),
                    running.pids(),
                    devices.names(),
                    claim.lease().token());
            return exitOf(running, watch, publisher);
        } finally {
            if (!process.close(running)) {
                left = running.exit();
            }
            if (left == null) {
                running.removeFolders();
            }
        }
    }

    /** The members begin their processes once they know where they meet. */
    private Function<Path, MeetingPlace> meetingPlace(StallWatch watch) throws InterruptedException {
        if (!claim.part().isShared()) {
            return MeetingPlace::in;
        }
        MeetingPlace place;
        try {
            place = MeetingPlace.at(equipment.properties().address());
        } catch (IOException e) {
            throw new AssignmentException(
                    Verdict.incompleteGroup("The worker's address (anneal.worker.address) cannot be used now."), e);
        }
        members.meet(place.store(), transfers(() -> Publisher.stallAfter(watch), () -> process.reason() == null));
        return folder -> place;
    }

    private EngineProcesses.Ended exitOf(EngineProcesses running, StallWatch watch, Publisher publisher)
            throws InterruptedException {
        CompletableFuture<EngineProcesses.Ended> ended = running.exit().whenComplete((exit, failure) -> buffer.ring());
        process.started(running);
        while (!ended.isDone()) {
            buffer.awaitNews(equipment.properties().publishInterval());
            watch.verdict(System.nanoTime()).ifPresent(this::stop);
            publisher.publish();
            if (lease.isLost()) {
                stop(StopReason.LEASE_LOST);
            } else if (lease.wish() != null) {
                stop(StopReason.WISH);
            }
            if (claim.part().isShared() && members.loss().isPresent()) {
                stop(StopReason.MEMBER_LOST);
            }
            if (process.isStuck()) {
                throw new StuckProcessException(running.pids());
            }
        }
        return ended.join();
    }

    private Verdict verdict(EngineProcesses.Ended ended, ProcessMonitor monitor) throws InterruptedException {
        EngineExit exit = ended.exit();
        if (claim.part().isShared() && exit.meaning() == EngineExit.Meaning.GIVEN_BACK) {
            // Its own worker or that of a member stops.
            return new Verdict.GiveBack();
        }
        Verdict verdict = claim.part().isShared() && process.reason() == StopReason.NO_START
                ? new Verdict.Fail(Verdict.incompleteGroup(
                        "The processes of the job's workers have not met in time; do the workers reach each other?"))
                : Verdict.of(exit, stopOf(monitor), ended.failed());
        if (claim.part().isShared() && (ended.hasLostAnother() || process.reason() == StopReason.MEMBER_LOST)) {
            Optional<WorkError> explained = ended.hasLostAnother() ? members.explanation() : members.cause();
            isMembersFault = explained.isPresent();
            verdict = explained.<Verdict>map(Verdict.Fail::new).orElse(verdict);
        }
        if (isMembersFault && verdict instanceof Verdict.Fail failed) {
            LOG.warn(
                    "Work {}: another worker says: {}",
                    claim.lease().workId(),
                    failed.error().message());
        } else if (verdict instanceof Verdict.Fail failed && !lease.isLost()) {
            ended.log(claim.lease().workId(), failed.error());
        }
        return verdict;
    }

    private void conclude(Assignment assignment, Publisher publisher, Verdict verdict) throws InterruptedException {
        Verdict last = verdict;
        if (verdict instanceof Verdict.Fail failed) {
            WorkError error = blamed(failed.error());
            trace.failed(error.code());
            last = new Verdict.Fail(error);
        }
        Verdict decided = last;
        conclude(assignment.label().id(), () -> publisher.publish() ? publisher.end(decided) : Optional.empty());
    }

    private WorkError blamed(WorkError error) {
        return lease.isLost() || isMembersFault
                ? error
                : equipment.environment().blame(error, claim.models());
    }

    /** Ends an attempt that could not begin. */
    private void refuse(WorkError error) throws InterruptedException {
        trace.failed(error.code());
        concludeUnbegun(() -> equipment
                .leases()
                .fail(lease.lease(), error, () -> equipment.assignments().refused(claim, error)));
    }

    /** Ends an attempt that was told to stop before it began. */
    private void giveBack() throws InterruptedException {
        LOG.info("Work {} is not started: {}", claim.lease().workId(), process.reason());
        concludeUnbegun(() -> equipment
                .leases()
                .giveBack(lease.lease(), () -> equipment.assignments().givenBack(claim)));
    }

    private void concludeUnbegun(Supplier<Ending> end) throws InterruptedException {
        String name = "Work " + claim.lease().workId();
        DatabaseLink database = new DatabaseLink(name);
        AtomicReference<Ending> ending = new AtomicReference<>(null);
        conclude(name, () -> {
            database.reached(() -> ending.set(end.get()));
            return Optional.ofNullable(ending.get());
        });
    }

    /** Repeats {@code end} until it has ended the attempt, however long the database is unreachable. */
    private void conclude(String name, Supplier<Optional<Ending>> end) throws InterruptedException {
        while (!lease.isLost()) {
            Optional<Ending> ending = end.get();
            if (ending.isPresent()) {
                ended(name, ending.get());
                return;
            }
            buffer.awaitNews(equipment.properties().publishInterval());
        }
        equipment.meters().leaseLost();
        trace.outcome("lost");
        LOG.warn(
                "{} publishes nothing more: the lease of attempt {} is lost",
                name,
                claim.lease().token());
    }

    private void ended(String name, Ending ending) {
        if (!ending.holds()) {
            equipment.meters().staleWrite();
            equipment.meters().leaseLost();
        }
        trace.outcome(ending.state() == null ? "lost" : ending.state().name());
        LOG.info(
                "{} is {} after attempt {}", name, ending.state(), claim.lease().token());
    }
}
