package dev.anneal.service.worker;

import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Memberships;
import dev.anneal.service.queue.lease.Memberships.Member;
import dev.anneal.service.worker.assignment.TransferGuard;
import dev.anneal.service.worker.assignment.UnwantedTransferException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The other workers of an attempt, as the holder of its lease sees them: it waits for them, tells them where the
 * processes meet, and watches whether they are there. For the slot's thread.
 */
final class AttemptMembers {

    /** Code of the error of a member whose processes have only lost another one. */
    static final String LOST_ANOTHER = EngineProcesses.RANK_LOST;

    /** How long a running member may take to give the attempt the devices that are free for it. */
    private static final Duration JOINS_WITHIN = Duration.ofMinutes(2);

    private static final Duration LOOKS_EVERY = Duration.ofSeconds(5);

    /**
     * How long a member must be missing: after an outage of the database all workers seem to be, until they report
     * again.
     */
    private static final Duration MISSING_FOR = Duration.ofSeconds(15);

    /** How long processes may take to end by themselves after the failure of a member. */
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);

    /** How long after the loss of a process its worker may take to find out why. */
    private static final Duration EXPLAINS_WITHIN = Duration.ofMinutes(1);

    private final Memberships memberships;
    private final Lease lease;
    private final Duration interval;
    private final DatabaseLink database;
    private long lookedNanos = System.nanoTime();
    private @Nullable Long missingNanos;
    private @Nullable Long failedNanos;

    /** @param interval how often members are asked for while nothing else is done */
    AttemptMembers(Memberships memberships, Lease lease, Duration interval) {
        this.memberships = memberships;
        this.lease = lease;
        this.interval = interval;
        this.database = new DatabaseLink("Work " + lease.workId());
    }

    /**
     * Waits until all members have the attempt's inputs.
     *
     * @param guard asked meanwhile whether the attempt is still wanted
     * @throws MemberException if one of them cannot take part
     * @throws UnwantedTransferException if it is not wanted any more
     */
    void awaitReady(TransferGuard guard) throws InterruptedException {
        long begun = System.nanoTime();
        repeat(guard, () -> {
            List<Member> members = members();
            if (isOneMissing(members)) {
                throw new MemberException(incomplete(
                        "A worker that was to train this job as well does not run any more, or has a fault."));
            }
            members.forEach(member -> requirePart(member, since(begun)));
            return !members.isEmpty() && members.stream().allMatch(Member::ready);
        });
    }

    /** A call of the database that is repeated until its answer is yes. */
    private interface Question {
        boolean isAnswered();
    }

    private void repeat(TransferGuard guard, Question question) throws InterruptedException {
        boolean[] answered = new boolean[1];
        while (!answered[0]) {
            guard.requireWanted();
            boolean unused = database.reached(() -> answered[0] = question.isAnswered());
            if (!answered[0]) {
                TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            }
        }
    }

    private static void requirePart(Member member, Duration waited) {
        if (member.error() != null) {
            throw new MemberException(member.error());
        }
        if (member.worker() != null && !member.joined() && waited.compareTo(JOINS_WITHIN) > 0) {
            throw new MemberException(incomplete(
                    "The worker '%s' was to train this job as well, and has not begun.".formatted(member.worker())));
        }
    }

    private boolean isOneMissing(List<Member> members) {
        if (members.stream().allMatch(member -> member.worker() != null)) {
            missingNanos = null;
            return false;
        }
        Long before = missingNanos;
        if (before == null) {
            missingNanos = System.nanoTime();
            return false;
        }
        return since(before).compareTo(MISSING_FOR) > 0;
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    static WorkError incomplete(String message) {
        return WorkError.ofEnvironment("group_incomplete", message);
    }

    /**
     * Tells the members where the processes meet.
     *
     * @throws UnwantedTransferException if the attempt is not wanted any more
     */
    void meet(String store, TransferGuard guard) throws InterruptedException {
        repeat(guard, () -> {
            memberships.meet(lease, store);
            return true;
        });
    }

    /** Whether a member has been lost for so long that the attempt's processes must be ended. */
    boolean haveLostOne() {
        if (since(lookedNanos).compareTo(LOOKS_EVERY) > 0) {
            lookedNanos = System.nanoTime();
            boolean unused = database.reached(() -> {
                if (failedNanos == null && firstFailure().isPresent()) {
                    failedNanos = System.nanoTime();
                }
            });
        }
        Long failed = failedNanos;
        return failed != null && since(failed).compareTo(ENDS_WITHIN) > 0;
    }

    /** Why a member takes part no more, if one does not; that it has only lost another process comes last. */
    private Optional<WorkError> firstFailure() {
        List<Member> members = members();
        List<WorkError> errors = members.stream()
                .flatMap(member -> Optional.ofNullable(member.error()).stream())
                .toList();
        Optional<WorkError> cause = errors.stream()
                .filter(error -> !error.code().equals(LOST_ANOTHER))
                .findFirst();
        if (cause.isEmpty() && isOneMissing(members)) {
            return Optional.of(incomplete("A worker that trained this job as well does not run any more."));
        }
        return cause.or(() -> errors.stream().findFirst());
    }

    /** What a member says of the end of the processes, once all have said something, or a minute has passed. */
    Optional<WorkError> explanation() throws InterruptedException {
        long begun = System.nanoTime();
        Explanation found = new Explanation();
        while (!found.isComplete && since(begun).compareTo(EXPLAINS_WITHIN) < 0) {
            boolean unused = database.reached(() -> {
                found.error = firstFailure();
                found.isComplete = found.isCause() || members().stream().allMatch(member -> member.error() != null);
            });
            if (!found.isComplete) {
                TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            }
        }
        return found.error.filter(error -> found.isCause());
    }

    /** What members have said so far. */
    private static final class Explanation {
        private Optional<WorkError> error = Optional.empty();
        private boolean isComplete;

        private boolean isCause() {
            return error.filter(found -> !found.code().equals(LOST_ANOTHER)).isPresent();
        }
    }

    private List<Member> members() {
        return memberships.members(lease);
    }
}
