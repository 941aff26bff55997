package dev.anneal.service.worker;

import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Memberships;
import dev.anneal.service.queue.lease.Memberships.Member;
import dev.anneal.service.worker.assignment.TransferGuard;
import dev.anneal.service.worker.assignment.UnwantedTransferException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The other workers of an attempt, as the holder of its lease sees them: it waits for them, tells them where the
 * processes meet, and asks them why one has ended.
 */
final class AttemptMembers {

    /** How long a running member may take to give the attempt the devices that are free for it. */
    private static final Duration JOINS_WITHIN = Duration.ofMinutes(2);

    /** How long after the loss of a process its worker may take to say why. */
    private static final Duration EXPLAINS_WITHIN = Duration.ofSeconds(5);

    private final Memberships memberships;
    private final Lease lease;
    private final Duration interval;
    private final DatabaseLink database;

    /** @param interval how often members are asked for */
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
        boolean ready = false;
        while (!ready) {
            if (!guard.isWanted()) {
                throw new UnwantedTransferException();
            }
            ready = areReady(Duration.ofNanos(System.nanoTime() - begun));
            if (!ready) {
                TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            }
        }
    }

    private boolean areReady(Duration waited) {
        boolean[] ready = new boolean[1];
        database.reached(() -> {
            List<Member> members = memberships.members(lease);
            members.forEach(member -> requirePart(member, waited));
            ready[0] = members.stream().allMatch(Member::ready);
        });
        return ready[0];
    }

    private static void requirePart(Member member, Duration waited) {
        if (member.error() != null) {
            throw new MemberException(member.error());
        }
        if (member.worker() == null) {
            throw new MemberException(lost("A worker that was to train this job as well does not run any more."));
        }
        if (!member.joined() && waited.compareTo(JOINS_WITHIN) > 0) {
            throw new MemberException(lost(
                    "The worker '%s' was to train this job as well, and has not begun.".formatted(member.worker())));
        }
    }

    private static WorkError lost(String message) {
        return WorkError.ofEnvironment("group_incomplete", message);
    }

    /** Tells the members where the processes meet. */
    void meet(String meeting) {
        memberships.meet(lease, meeting);
    }

    /** What a member says of the end of its processes, if one does so within a few seconds. */
    Optional<WorkError> explanation() throws InterruptedException {
        long begun = System.nanoTime();
        Optional<WorkError> error = firstError();
        while (error.isEmpty() && System.nanoTime() - begun < EXPLAINS_WITHIN.toNanos()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(interval.toNanos(), EXPLAINS_WITHIN.toNanos()));
            error = firstError();
        }
        return error;
    }

    private Optional<WorkError> firstError() {
        WorkError[] error = new WorkError[1];
        database.reached(() -> memberships.members(lease).stream()
                .map(Member::error)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(found -> error[0] = found));
        return Optional.ofNullable(error[0]);
    }
}
