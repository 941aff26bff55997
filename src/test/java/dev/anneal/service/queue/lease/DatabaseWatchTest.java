package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

/** #17: leases show lost workers only where the database has answered for lease + heartbeat interval, here 75 s. */
class DatabaseWatchTest {

    private static final Duration SETTLING = Duration.ofSeconds(75);
    /** Of the default settings: 60 s less a heartbeat interval of 15 s and a safety margin of 10 s. */
    private static final Duration HARMLESS = Duration.ofSeconds(35);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean isAway;
    private final DatabaseWatch watch = new DatabaseWatch(this::databaseTime, TestQueue.PROPERTIES);

    @Test
    void nothingIsTrustedBeforeTheDatabaseHasAnsweredForLongEnough() {
        assertThat(watch.trustedUntil()).isEmpty();
        looksFor(SETTLING.minusSeconds(5));
        assertThat(watch.trustedUntil()).isEmpty();

        looksFor(Duration.ofSeconds(5));
        assertThat(watch.trustedUntil()).contains(now.plus(HARMLESS));
    }

    @Test
    void anUnansweredCallBeginsTheTimeAnew() {
        looksFor(SETTLING);
        isAway = true;
        watch.look();
        assertThat(watch.trustedUntil()).isEmpty();

        isAway = false;
        looksFor(SETTLING.minusSeconds(5));
        assertThat(watch.trustedUntil()).isEmpty();
        looksFor(Duration.ofSeconds(5));
        assertThat(watch.trustedUntil()).isPresent();
    }

    /** As after a restart of the database between two looks, or in a process that was stopped and goes on. */
    @Test
    void aGapBetweenAnswersBeginsTheTimeAnew() {
        looksFor(SETTLING);

        after(HARMLESS.plusSeconds(1));
        assertThat(watch.trustedUntil()).isEmpty();
        looksFor(SETTLING.minusSeconds(5));
        assertThat(watch.trustedUntil()).isEmpty();
        looksFor(Duration.ofSeconds(5));
        assertThat(watch.trustedUntil()).isPresent();
    }

    @Test
    void aGapThatCostsNobodyItsLeaseIsNone() {
        looksFor(SETTLING);

        after(HARMLESS);
        assertThat(watch.trustedUntil()).isPresent();
        assertThat(watch.interval().multipliedBy(3)).isLessThanOrEqualTo(HARMLESS);
    }

    @Test
    void aDatabaseWhoseClockWasSetBackBeginsTheTimeAnew() {
        looksFor(SETTLING);

        after(Duration.ofSeconds(-1));
        assertThat(watch.trustedUntil()).isEmpty();
    }

    private Instant databaseTime() {
        if (isAway) {
            throw new DataAccessResourceFailureException("connection refused");
        }
        return now;
    }

    /** Looks now and every five seconds until {@code duration} has passed. */
    private void looksFor(Duration duration) {
        watch.look();
        for (long seconds = 0; seconds < duration.toSeconds(); seconds += 5) {
            after(Duration.ofSeconds(5));
        }
    }

    private void after(Duration duration) {
        now = now.plus(duration);
        watch.look();
    }
}
