package dev.anneal.service.notification.mlflow;

import dev.anneal.service.platform.database.SystemDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows with data to report to the server, by one process at a time: the one that runs the chore. */
final class Outbox {

    /** After which a row comes again whose report has failed in a way that nobody expects: the others come first. */
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(5);

    /** Maximum number of refusals in a row, with delays that double. */
    static final int MOST_REFUSALS = 10;

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final String take;
    private final String update;
    private final String refuse;

    /** @param key the table's primary key */
    Outbox(JdbcClient jdbc, SystemDatabase database, String table, String key) {
        this.jdbc = jdbc;
        this.database = database;
        this.take = """
                UPDATE %1$s
                SET next_at = clock_timestamp() + make_interval(secs => :pause)
                WHERE %2$s = (
                    SELECT %2$s FROM %1$s
                    WHERE state = 'OPEN' AND next_at <= clock_timestamp()
                    ORDER BY next_at
                    LIMIT 1)
                RETURNING %2$s
                """.formatted(table, key);
        this.update = "UPDATE %1$s SET %%s WHERE %2$s = :row".formatted(table, key);
        this.refuse = """
                UPDATE %1$s
                SET state = CASE WHEN refusals + 1 >= :most THEN 'GIVEN_UP' ELSE state END,
                    refusals = refusals + 1,
                    next_at = clock_timestamp() + make_interval(secs => least(3600, :pause * power(2, refusals)))
                WHERE %2$s = :row
                RETURNING refusals
                """.formatted(table, key);
    }

    /** Key of the row that has waited longest, which is put off until its report says when it is due again. */
    Optional<Long> take() {
        return database.call(() -> jdbc.sql(take)
                .param("pause", AFTER_FAILURE.toSeconds())
                .query(Long.class)
                .optional());
    }

    /** Puts a row back that could not be reported, first in turn. */
    void giveBack(long row) {
        write(row, "next_at = clock_timestamp()", Map.of());
    }

    void write(long row, String assignments, Map<String, ?> parameters) {
        database.run(() -> jdbc.sql(update.formatted(assignments))
                .params(parameters)
                .param("row", row)
                .update());
    }

    /** Resets the row's refusals; it is due again after {@code pause}. */
    void pause(long row, Duration pause) {
        write(
                row,
                "refusals = 0, next_at = clock_timestamp() + make_interval(secs => :pause)",
                Map.of("pause", pause.toMillis() / 1e3));
    }

    /**
     * Records a refusal by the server. The row is retried later, {@link #MOST_REFUSALS} times in all.
     *
     * @param pause delay after the first refusal
     * @return number of refusals since the server last accepted data; 0 if the row is gone
     */
    int refuse(long row, Duration pause) {
        return database.call(() -> jdbc.sql(refuse)
                .param("most", MOST_REFUSALS)
                .param("pause", pause.toMillis() / 1e3)
                .param("row", row)
                .query(Integer.class)
                .optional()
                .orElse(0));
    }
}
