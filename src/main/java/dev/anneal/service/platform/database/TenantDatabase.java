package dev.anneal.service.platform.database;

import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Database access of one tenant: row-level security hides other tenants' rows and refuses writes to them. */
public final class TenantDatabase {

    private static final String NAME_TENANT = "SELECT set_config('app.tenant', ?, true)";

    private final Transactions transactions;
    private final JdbcClient jdbc;

    TenantDatabase(Transactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    /**
     * Runs {@code work} for {@code tenantId} in one transaction, which an exception rolls back. A call within a
     * transaction is refused: it would be part of the outer one.
     */
    public <T> T call(String tenantId, Supplier<T> work) {
        return transactions.call(() -> {
            // Local to the transaction, so the next user of the connection starts without a tenant and sees nothing.
            jdbc.sql(NAME_TENANT).param(tenantId).query(String.class).single();
            return work.get();
        });
    }

    /** As {@link #call}, without a result. */
    public void run(String tenantId, Runnable work) {
        call(tenantId, () -> {
            work.run();
            return true;
        });
    }
}
