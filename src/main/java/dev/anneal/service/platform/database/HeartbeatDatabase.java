package dev.anneal.service.platform.database;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Database access reserved for heartbeats: separate connections, and a time limit of {@link #timeout()} each for
 * connecting and for the statement.
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

    /** Time limit after which a call fails. */
    public Duration timeout() {
        return timeout;
    }
}
