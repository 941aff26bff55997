package dev.anneal.service.notification.mlflow;

import dev.anneal.service.platform.database.SystemDatabase;
import java.time.Duration;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows with data to report to the server. One process at a time claims a row, for {@link #HELD} from its last write to
 * it.
 */
final class Outbox {

    /** Longer than several requests without an answer take. */
    private static final Duration HELD = Duration.ofMinutes(5);

    /** Maximum number of refusals in a row, with delays that double. */
    static final int MOST_REFUSALS = 10;

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final String claim;
    private final String update;
    private final String refuse;

    /** @param key the table's primary key */
    Outbox(JdbcClient jdbc, SystemDatabase database, String table, String key) {
        this.jdbc = jdbc;
        this.database = database;
        this.claim = """
                UPDATE %1$s
                SET claim = claim + 1, next_at = clock_timestamp() + make_interval(secs => :held)
                WHERE %2$s = (
                    SELECT %2$s
                    FROM %1$s
                    WHERE state = 'OPEN' AND next_at <= clock_timestamp()
                    ORDER BY next_at
                    LIMIT 1
                    FOR UPDATE SKIP LOCKED)
                RETURNING %2$s AS number, claim
                """.formatted(table, key);
        this.update = """
                UPDATE %1$s
                SET %%s, next_at = clock_timestamp() + make_interval(secs => :held)
                WHERE %2$s = :number AND claim = :claim
                """.formatted(table, key);
        this.refuse = """
                UPDATE %1$s
                SET state = CASE WHEN refusals + 1 >= :most THEN 'GIVEN_UP' ELSE state END,
                    refusals = refusals + 1,
                    next_at = clock_timestamp() + make_interval(secs => least(3600, :pause * power(2, refusals)))
                WHERE %2$s = :number AND claim = :claim
                RETURNING refusals
                """.formatted(table, key);
    }

    /**
     * A row claimed by this process.
     *
     * @param number internal key
     * @param claim token that its writes are checked against
     */
    record Claim(long number, long claim) {}

    /** Another process has claimed the row. */
    static final class LostException extends RuntimeException {

        private static final long serialVersionUID = 1;

        LostException(Claim claim) {
            super("another process has taken over row " + claim.number());
        }
    }

    /** Sets the parameters of an update. */
    @FunctionalInterface
    interface Parameters {
        JdbcClient.StatementSpec of(JdbcClient.StatementSpec statement);
    }

    Optional<Claim> claim() {
        return database.call(() -> jdbc.sql(claim)
                .param("held", HELD.toSeconds())
                .query((row, index) -> new Claim(row.getLong("number"), row.getLong("claim")))
                .optional());
    }

    /**
     * Updates the row and extends the claim.
     *
     * @throws LostException if another process has claimed it
     */
    void write(Claim row, String assignments, Parameters parameters) {
        write(row, assignments, HELD, parameters);
    }

    /** Updates the row and releases it for the next claim after {@code pause}. */
    void release(Claim row, String assignments, Duration pause) {
        write(row, assignments, pause, statement -> statement);
    }

    private void write(Claim row, String assignments, Duration pause, Parameters parameters) {
        int written = database.call(() -> parameters
                .of(jdbc.sql(update.formatted(assignments)))
                .param("held", pause.toMillis() / 1e3)
                .param("number", row.number())
                .param("claim", row.claim())
                .update());
        if (written == 0) {
            throw new LostException(row);
        }
    }

    /**
     * Records a refusal by the server. The row is retried later, {@link #MOST_REFUSALS} times in all.
     *
     * @param pause delay after the first refusal
     * @return number of refusals since the server last accepted data
     */
    int refuse(Claim row, Duration pause) {
        return database.call(() -> jdbc.sql(refuse)
                        .param("most", MOST_REFUSALS)
                        .param("pause", pause.toMillis() / 1e3)
                        .param("number", row.number())
                        .param("claim", row.claim())
                        .query(Integer.class)
                        .optional())
                .orElseThrow(() -> new LostException(row));
    }
}
