package dev.anneal.service.platform.database;

import java.util.function.IntToLongFunction;
import java.util.function.Supplier;

/** Database access across all tenants, for claims, sweeps and metrics, never for requests. */
public final class SystemDatabase {

    /** Rows that a statement deletes within a second. */
    public static final int BATCH = 10_000;

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

    /**
     * Deletes many rows in transactions that are short, until none is left or the thread is interrupted.
     *
     * @param deletion deletes at most so many rows, and returns their number
     * @return number of rows deleted
     */
    public long deleteInBatches(IntToLongFunction deletion) {
        long deleted = 0;
        long batch = BATCH;
        while (batch == BATCH && !Thread.currentThread().isInterrupted()) {
            batch = call(() -> deletion.applyAsLong(BATCH));
            deleted += batch;
        }
        return deleted;
    }
}
