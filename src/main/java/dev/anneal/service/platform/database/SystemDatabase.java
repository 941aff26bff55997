package dev.anneal.service.platform.database;

import java.util.function.Supplier;

/** Database access across all tenants, for claims, sweeps and metrics, never for requests. */
public final class SystemDatabase {

    private final Transactions transactions;

    SystemDatabase(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Runs {@code work} in one transaction, which an exception rolls back. A call within a transaction is refused. */
    public <T> T call(Supplier<T> work) {
        return transactions.call(work);
    }

    /** As {@link #call}, without a result. */
    public void run(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }
}
