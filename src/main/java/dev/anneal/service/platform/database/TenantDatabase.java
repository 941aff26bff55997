package dev.anneal.service.platform.database;

import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The database as one tenant sees it: row-level security hides every other tenant's rows and refuses to write them. */
public final class TenantDatabase {

    private static final String NAME_TENANT = "SELECT set_config('app.tenant', ?, true)";

    private final Transactions transactions;

    TenantDatabase(DataSource pool) {
        this.transactions = new Transactions(pool);
    }

    /**
     * Does {@code work} for {@code tenantId} in one transaction, which an exception rolls back. A call within a call is refused: it
     * would be part of the outer transaction. The client must not be used after the call.
     */
    public <T> T call(String tenantId, Function<JdbcClient, T> work) {
        return transactions.call(jdbc -> {
            // Local to the transaction, so the next user of the connection starts without a tenant and sees nothing.
            jdbc.sql(NAME_TENANT).param(tenantId).query(String.class).single();
            return work.apply(jdbc);
        });
    }

    /** As {@link #call}, without a result. */
    public void run(String tenantId, Consumer<JdbcClient> work) {
        call(tenantId, jdbc -> {
            work.accept(jdbc);
            return true;
        });
    }
}
