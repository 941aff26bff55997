package dev.anneal.service.worker.watch;

import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.process.EngineExit;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Ending;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.worker.assignment.Assignment;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Consequence of the end of an engine process for its work. */
public sealed interface Verdict {

    /** Error codes of a process that blame the environment; for others the worker probes. */
    Set<String> ENVIRONMENT = Set.of("disk_full", "device_unavailable");

    /**
     * Ends the attempt, together with the rows that {@code assignment} writes.
     *
     * @param betweenParts called while the result is stored; may throw to abandon that
     */
    Ending apply(Leases leases, Lease lease, Assignment assignment, Runnable betweenParts);

    /** The task is done. */
    record Done() implements Verdict {

        @Override
        public Ending apply(Leases leases, Lease lease, Assignment assignment, Runnable betweenParts) {
            assignment.storeResult(betweenParts);
            return leases.succeed(lease, assignment::complete);
        }
    }

    /** The process has stopped as asked; the work continues in another process, or as its client wished. */
    record GiveBack() implements Verdict {

        @Override
        public Ending apply(Leases leases, Lease lease, Assignment assignment, Runnable betweenParts) {
            return leases.giveBack(lease, assignment::givenBack);
        }
    }

    /** The attempt has failed. */
    record Fail(WorkError error) implements Verdict {

        @Override
        public Ending apply(Leases leases, Lease lease, Assignment assignment, Runnable betweenParts) {
            return leases.fail(lease, error, () -> assignment.failed(error));
        }
    }

    /**
     * What the worker did to a process.
     *
     * @param reason why it stopped the process, or null if it did not
     * @param killed whether it killed the process
     * @param wish the client's wish, or null
     * @param hasSteps whether the process had made a step, which a pause must save
     */
    record Stop(
            @Nullable StopReason reason,
            boolean killed,
            @Nullable Wish wish,
            boolean hasSteps) {

        private boolean isOrderly() {
            return reason != null && reason.isOrderly();
        }

        /** The process was stopped before it had saved, or before the worker had stored what it had saved. */
        public Verdict verdict() {
            return switch (Optional.ofNullable(reason).orElse(StopReason.LEASE_LOST)) {
                case NO_PROGRESS ->
                    new Fail(
                            WorkError.ofSystem("no_progress", "The engine process hung: it made no progress in time."));
                case NO_START ->
                    new Fail(WorkError.ofSystem("no_start", "The engine process did not start its work in time."));
                // It did not fail before, so another attempt would get no further.
                case TIME_LIMIT ->
                    new Fail(WorkError.ofUser(
                            "time_limit", "The work exceeded its time limit (anneal.worker.light-timeout).", null));
                // Resuming from an earlier checkpoint only loses steps. A pause, however, promises a saved checkpoint.
                case SHUTDOWN, WISH ->
                    wish == Wish.PAUSE && hasSteps
                            ? new Fail(WorkError.ofSystem(
                                    "stop_timeout", "The engine process did not save and stop in time."))
                            : new GiveBack();
                case MEMBER_LOST ->
                    new Fail(incompleteGroup("A worker that trained this job as well does not take part any more."));
                case LEASE_LOST -> new Fail(WorkError.ofSystem("lease_lost", "The worker lost its lease on the job."));
            };
        }
    }

    /** Code of the error that a worker that trains the job as well is not there. */
    String INCOMPLETE_GROUP = "group_incomplete";

    static WorkError incompleteGroup(String message) {
        return WorkError.ofEnvironment(INCOMPLETE_GROUP, message);
    }

    /** @param failed the failure that the process reported, or null */
    static Verdict of(EngineExit exit, Stop stop, Progress.@Nullable Failed failed) {
        return switch (exit.meaning()) {
            case DONE -> new Done();
            case BAD_INPUT ->
                new Fail(
                        failed == null
                                ? WorkError.ofUser("bad_input", sentence(exit), null)
                                : WorkError.ofUser(failed.code(), failed.message(), null));
            case FAILURE ->
                new Fail(failed == null ? WorkError.ofSystem("engine_failed", sentence(exit)) : ofFailure(failed));
            case GIVEN_BACK ->
                stop.isOrderly()
                        ? new GiveBack()
                        : new Fail(
                                WorkError.ofSystem("engine_stopped", "The engine process stopped without a request."));
            case OUT_OF_MEMORY ->
                stop.killed() ? stop.verdict() : new Fail(WorkError.ofSystem("out_of_memory", sentence(exit)));
            case KILLED ->
                stop.killed() ? stop.verdict() : new Fail(WorkError.ofSystem("engine_killed", sentence(exit)));
            case CRASH ->
                stop.killed() ? stop.verdict() : new Fail(WorkError.ofSystem("engine_crashed", sentence(exit)));
        };
    }

    private static WorkError ofFailure(Progress.Failed failed) {
        return ENVIRONMENT.contains(failed.code())
                ? WorkError.ofEnvironment(failed.code(), failed.message())
                : WorkError.ofSystem(failed.code(), failed.message());
    }

    private static String sentence(EngineExit exit) {
        String text = exit.describe();
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
