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
 * How long the database has answered this process without a break. While it is away no worker can extend its lease, so an expired lease
 * shows a lost worker only after every worker has had time to reach the database again.
 *
 * <p>All times are the database's. They go on while this process or its host stands still, so a long gap between two answers is a break
 * even if no call has failed. Thread-safe.
 */
final class DatabaseWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);

    private final Supplier<Instant> databaseTime;
    private final Duration settlingTime;
    private final Duration longestGap;
    private @Nullable Instant answersSince;
    private @Nullable Instant lastAnswer;
    private boolean isSettled;

    /** @param databaseTime asks the database, as heartbeats do */
    DatabaseWatch(Supplier<Instant> databaseTime, LeaseProperties properties) {
        this.databaseTime = databaseTime;
        this.settlingTime = properties.settlingTime();
        this.longestGap = properties.longestHarmlessOutage();
    }

    /** How often to {@link #look}, so that one late look is no break. */
    Duration interval() {
        return longestGap.dividedBy(3);
    }

    /** Asks the database once. */
    void look() {
        try {
            answered(databaseTime.get());
        } catch (DataAccessException | TransactionException unreachable) {
            silent(unreachable);
        }
    }

    /**
     * Until when, by the database's clock, an expired lease shows a lost worker; nothing while the database has not answered for long
     * enough. An outage that has begun since the last look costs no healthy worker its lease before then.
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

    /** A clock that was set back counts as a gap as well: leases that it has seen expire may hold again. */
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
