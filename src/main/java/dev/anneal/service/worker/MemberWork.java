package dev.anneal.service.worker;

import dev.anneal.protocol.ExitCode;
import dev.anneal.service.platform.database.DatabaseOutage;
import dev.anneal.service.platform.process.EngineExit;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.worker.assignment.Assignment;
import dev.anneal.service.worker.assignment.AttemptInputs;
import dev.anneal.service.worker.assignment.UnwantedTransferException;
import dev.anneal.service.worker.watch.StopGrace;
import dev.anneal.service.worker.watch.StopReason;
import dev.anneal.service.worker.watch.Verdict;
import dev.anneal.service.worker.watch.WorkerProperties;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's part of an attempt whose lease another worker holds: engine processes on devices of this worker, which
 * save and publish nothing. It ends when they do, or when the attempt has ended. It runs on its slot's thread; a
 * shutdown only tells it to stop.
 */
final class MemberWork {

    private static final Logger LOG = LoggerFactory.getLogger(MemberWork.class);

    private final Claim claim;
    private final WorkerDevices.Taken devices;
    private final SlotContext equipment;
    private final StopGrace grace;
    private final StoppableProcess process;
    private final DatabaseLink database;
    private Optional<String> store = Optional.empty();
    private long askedNanos = System.nanoTime();
    private int exitCode = ExitCode.DONE.code();
    private @Nullable CompletableFuture<?> left;

    MemberWork(WorkerDevices.Taken devices, SlotContext equipment) {
        WorkerProperties properties = equipment.properties();
        this.devices = devices;
        this.claim = devices.claim();
        this.equipment = equipment;
        // The last checkpoint, which the holder's worker writes, is waited for by all processes.
        Duration longest = properties.longestStopGrace();
        this.grace = new StopGrace(longest, longest);
        this.process =
                new StoppableProcess(claim.lease().workId(), grace, properties.killPatience(), equipment.timer());
        this.database = new DatabaseLink("Part of work " + claim.lease().workId());
    }

    /** How long it may take to stop when the worker shuts down. */
    Duration shutdownGrace() {
        return grace.ofShutdown();
    }

    void stop(StopReason reason) {
        process.stop(reason);
    }

    /** The end of the processes if they were killed and have not all ended; null otherwise. For the slot's thread. */
    @Nullable
    CompletableFuture<?> left() {
        return left;
    }

    /** The exit code of the worker if this is its last work, as of its own. */
    int exitCode() {
        return exitCode;
    }

    /** Takes part in the attempt until it has ended. */
    void run() throws InterruptedException {
        try (AttemptInputs inputs = new AttemptInputs(this::isWanted)) {
            Assignment assignment =
                    equipment.assignments().prepare(claim, devices.names().get(0), inputs);
            Optional<MeetingPlace> place = awaitMeeting();
            if (place.isPresent()) {
                train(assignment, place.get());
            }
        } catch (UnwantedTransferException unwanted) {
            LOG.debug("Work {} is not wanted any more", claim.lease().workId(), unwanted);
        } catch (IOException | RuntimeException | Error e) {
            LOG.warn("This worker cannot take part in work {}", claim.lease().workId(), e);
            exitCode = ExitCode.FAILURE.code();
            failed(
                    DatabaseOutage.explains(e)
                            ? Verdict.incompleteGroup("A worker that trained this job as well lost the database.")
                            : equipment.environment().blame(AttemptErrors.of(e), claim.models()));
        }
        if (process.reason() == StopReason.SHUTDOWN) {
            failed(Verdict.incompleteGroup("A worker that trained this job as well has stopped."));
        }
    }

    /** Tells the holder that this worker can begin, and waits until it says where the processes meet. */
    private Optional<MeetingPlace> awaitMeeting() throws InterruptedException {
        boolean told = false;
        while (isWanted() && store.isEmpty()) {
            told = told || database.reached(() -> equipment.memberships().ready(claim));
            pause();
        }
        return process.reason() == null
                ? store.map(at -> new MeetingPlace(at, equipment.properties().address()))
                : Optional.empty();
    }

    /** Whether the attempt lives and this worker does not stop, as far as is known. */
    private boolean isWanted() {
        long now = System.nanoTime();
        if (now - askedNanos >= interval().toNanos()) {
            askedNanos = now;
            database.reached(this::look);
        }
        return process.reason() == null;
    }

    private void look() {
        equipment.memberships().find(claim).ifPresentOrElse(found -> store = found.store(), () -> {
            LOG.info("The attempt of work {} has ended", claim.lease().workId());
            process.stop(StopReason.LEASE_LOST);
        });
    }

    private Duration interval() {
        return equipment.properties().publishInterval();
    }

    private void pause() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(interval().toNanos());
    }

    private void train(Assignment assignment, MeetingPlace at) throws IOException, InterruptedException {
        EngineProcesses running = EngineProcesses.launch(
                equipment, devices, assignment.task(), folder -> at, progress -> {}, progress -> {});
        try {
            LOG.info(
                    "{} runs in engine processes {} on {} as ranks {} and up of {}",
                    assignment.label().id(),
                    running.pids(),
                    devices.names(),
                    claim.part().firstRank(),
                    claim.part().size());
            process.started(running);
            while (!running.exit().isDone() && !process.isStuck()) {
                boolean unused = isWanted();
                pause();
            }
        } finally {
            if (process.close(running)) {
                running.removeFolders();
                explain(running.exit().join());
            } else {
                left = running.exit();
            }
        }
    }

    /** Tells the holder why a process has failed, or that it has only lost another one. */
    private void explain(EngineProcesses.Ended ended) throws InterruptedException {
        if (process.reason() != null || ended.exit().meaning() == EngineExit.Meaning.GIVEN_BACK) {
            LOG.info(
                    "The engine processes of work {} were stopped ({}). Last output of the first one:\n{}",
                    claim.lease().workId(),
                    process.reason(),
                    ended.exit().stderrTail());
            return;
        }
        exitCode = ended.exit().code();
        Verdict.Stop stop = new Verdict.Stop(null, process.wasKilled(), null, false);
        if (Verdict.of(ended.exit(), stop, ended.failed()) instanceof Verdict.Fail failed) {
            ended.log(claim.lease().workId(), failed.error());
            failed(
                    ended.hasLostAnother()
                            ? failed.error()
                            : equipment.environment().blame(failed.error(), claim.models()));
        }
    }

    /** During an outage of the database it is told afterwards, unless this worker stops. */
    private void failed(WorkError error) throws InterruptedException {
        while (!database.reached(() -> equipment.memberships().failed(claim, error)) && process.reason() == null) {
            pause();
        }
    }
}
