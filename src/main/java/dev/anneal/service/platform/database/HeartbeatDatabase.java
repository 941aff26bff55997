package dev.anneal.service.platform.database;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * The database for heartbeats alone: connections that no other work can take, and an answer or an exception within {@link #timeout()}
 * for each of connecting and the statement.
 */
public final class HeartbeatDatabase {

    private final Transactions transactions;
    private final Duration timeout;

    HeartbeatDatabase(Transactions transactions, Duration timeout) {
        this.transactions = transactions;
        this.timeout = timeout;
    }

    /** Runs {@code work} in one transaction across all tenants. */
    public <T> T call(Supplier<T> work) {
        return transactions.call(work);
    }

    /** After this long without an answer a call fails. */
    public Duration timeout() {
        return timeout;
    }
}
