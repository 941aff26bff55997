package dev.anneal.service.platform.database;

import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The database for heartbeats alone: connections that no other work can take, and an answer or an exception within {@link #timeout()}
 * for each of connecting and the statement.
 */
public final class HeartbeatDatabase {

    private final Transactions transactions;
    private final Duration timeout;

    HeartbeatDatabase(DataSource pool, Duration timeout) {
        this.transactions = new Transactions(pool);
        this.timeout = timeout;
    }

    /** Does {@code work} in one transaction across all tenants. */
    public <T> T call(Function<JdbcClient, T> work) {
        return transactions.call(work);
    }

    /** After this long without an answer a call fails. */
    public Duration timeout() {
        return timeout;
    }
}
