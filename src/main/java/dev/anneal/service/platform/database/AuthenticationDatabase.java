package dev.anneal.service.platform.database;

import java.util.function.Supplier;

/**
 * Database access reserved for the look-up of credentials: connections of its own, so that requests are authenticated
 * while claims, sweeps and figures hold those of {@link SystemDatabase}.
 */
public final class AuthenticationDatabase {

    private final Transactions transactions;

    AuthenticationDatabase(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Runs {@code work} in one transaction across all tenants. */
    public <T> T call(Supplier<T> work) {
        return transactions.call(work);
    }
}
