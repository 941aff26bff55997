package dev.anneal.service.worker;

import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Memberships;
import dev.anneal.service.queue.lease.Memberships.Member;
import dev.anneal.service.worker.assignment.TransferGuard;
import dev.anneal.service.worker.assignment.UnwantedTransferException;
import dev.anneal.service.worker.watch.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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

    /** How often the members of a running attempt are looked at. */
    private static final Duration LOOKS_EVERY = Duration.ofSeconds(2);

    /** So many looks in a row must miss a worker: after an outage of the database the holder may be the first one. */
    private static final int MISSED_LOOKS = 5;

    /** How long after the loss of a process its worker may take to find out why. */
    private static final Duration EXPLAINS_WITHIN = Duration.ofMinutes(1);

    private final Memberships memberships;
    private final Lease lease;
    private final Duration interval;
    private final DatabaseLink database;
    private final LongSupplier nanos;
    private long lookedNanos;
    private int missed;
    private boolean isExplained;
    private @Nullable WorkError loss;

    /**
     * @param interval how often members are asked for that the holder waits for
     * @param nanos monotonic clock
     */
    AttemptMembers(Memberships memberships, Lease lease, Duration interval, LongSupplier nanos) {
        this.memberships = memberships;
        this.lease = lease;
        this.interval = interval;
        this.nanos = nanos;
        this.lookedNanos = nanos.getAsLong();
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
        long begun = nanos.getAsLong();
        repeat(guard, () -> {
            List<Member> members = memberships.members(lease);
            if (haveMissed(members)) {
                throw new MemberException(Verdict.incompleteGroup(
                        "A worker that was to train this job as well does not run any more, or has a fault."));
            }
            members.forEach(member -> requirePart(member, nanos.getAsLong() - begun));
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

    private static void requirePart(Member member, long waitedNanos) {
        if (member.error() != null) {
            throw new MemberException(member.error());
        }
        if (member.worker() != null && !member.joined() && waitedNanos > JOINS_WITHIN.toNanos()) {
            throw new MemberException(Verdict.incompleteGroup(
                    "The worker '%s' was to train this job as well, and has not begun.".formatted(member.worker())));
        }
    }

    /** Whether a worker was missing in some looks in a row. */
    private boolean haveMissed(List<Member> members) {
        missed = members.stream().anyMatch(member -> member.worker() == null) ? missed + 1 : 0;
        return missed >= MISSED_LOOKS;
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

    /**
     * Why the attempt cannot go on, if a member has said so, or its worker does not run any more. Processes that have
     * met notice most losses earlier; those that still wait for each other do not.
     */
    Optional<WorkError> loss() {
        long now = nanos.getAsLong();
        if (now - lookedNanos >= LOOKS_EVERY.toNanos()) {
            lookedNanos = now;
            if (!database.reached(this::look)) {
                missed = 0;
            }
        }
        return Optional.ofNullable(loss);
    }

    private void look() {
        List<Member> members = memberships.members(lease);
        boolean haveMissed = haveMissed(members);
        List<WorkError> errors = members.stream()
                .flatMap(member -> Optional.ofNullable(member.error()).stream())
                .toList();
        loss = errors.stream()
                .filter(AttemptMembers::isCause)
                .findFirst()
                .or(() -> haveMissed
                        ? Optional.of(Verdict.incompleteGroup(
                                "A worker that trained this job as well does not run any more."))
                        : errors.stream().findFirst())
                .orElse(loss);
        isExplained = (loss != null && isCause(loss)) || errors.size() == members.size();
    }

    private static boolean isCause(WorkError error) {
        return !error.code().equals(LOST_ANOTHER);
    }

    /** Why a member takes part no more, if its processes have not only lost another one. */
    Optional<WorkError> cause() {
        return Optional.ofNullable(loss).filter(AttemptMembers::isCause);
    }

    /** The same once all members have said something, or a minute has passed. */
    Optional<WorkError> explanation() throws InterruptedException {
        long begun = nanos.getAsLong();
        Optional<WorkError> newest = loss();
        while (!isExplained && nanos.getAsLong() - begun < EXPLAINS_WITHIN.toNanos()) {
            TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            newest = loss();
        }
        return newest.filter(AttemptMembers::isCause);
    }
}
