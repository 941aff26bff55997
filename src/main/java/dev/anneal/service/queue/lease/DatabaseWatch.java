package dev.anneal.service.queue.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Tracks how long the database has answered this process without interruption. During an outage no worker can extend
 * its lease, so an expired lease indicates a lost worker only after every worker has had time to reach the database
 * again.
 *
 * <p>All times are the database's, which continue while this process or its host is suspended, so a long gap between
 * two answers is an interruption even if no call failed. Thread-safe.
 */
final class DatabaseWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);

    private final Supplier<Instant> databaseTime;
    private final Duration settlingTime;
    private final Duration longestGap;
    private @Nullable Instant answersSince;
    private @Nullable Instant lastAnswer;
    private boolean isSettled;

    /**
     * @param databaseTime reads the database's time, like heartbeats
     */
    DatabaseWatch(Supplier<Instant> databaseTime, LeaseProperties properties) {
        this.databaseTime = databaseTime;
        this.settlingTime = properties.settlingTime();
        this.longestGap = properties.longestHarmlessOutage();
    }

    /** How often to {@link #look}; short enough that one late look is not an interruption. */
    Duration interval() {
        return longestGap.dividedBy(3);
    }

    /** Reads the database's time once. */
    void look() {
        try {
            answered(databaseTime.get());
        } catch (DataAccessException | TransactionException unreachable) {
            silent(unreachable);
        }
    }

    /**
     * The database time until which an expired lease indicates a lost worker; empty if the database has not answered
     * for long enough. Even an outage that began after the last look costs no live worker its lease before then.
     */
    synchronized Optional<Instant> trustedUntil() {
        return isSettled && lastAnswer != null ? Optional.of(lastAnswer.plus(longestGap)) : Optional.empty();
    }

    private synchronized void answered(Instant now) {
        if (answersSince == null || lastAnswer == null || isGap(lastAnswer, now)) {
            unsettle("its answers are %s and %s".formatted(lastAnswer, now));
            answersSince = now;
        }
        lastAnswer = now;
        if (!isSettled && !now.isBefore(answersSince.plus(settlingTime))) {
            isSettled = true;
            LOG.info("The database has answered for {}; lost workers are looked for", settlingTime);
        }
    }

    /** A clock set back counts as a gap as well, because expired leases may be valid again. */
    private boolean isGap(Instant earlier, Instant later) {
        return later.isBefore(earlier) || later.isAfter(earlier.plus(longestGap));
    }

    private synchronized void silent(RuntimeException failure) {
        unsettle(String.valueOf(failure.getMessage()));
        answersSince = null;
    }

    private void unsettle(String reason) {
        if (isSettled) {
            LOG.warn(
                    "The database was away ({}); nobody looks for lost workers until it has answered for {}",
                    reason,
                    settlingTime);
        }
        isSettled = false;
    }
}
