package dev.anneal.service.platform.database;

import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The database across all tenants, for claims, sweeps and meters; never for what a request asks for. */
public final class SystemDatabase {

    private final Transactions transactions;

    SystemDatabase(DataSource pool) {
        this.transactions = new Transactions(pool);
    }

    /** Does {@code work} in one transaction, which an exception rolls back. A call within a call is refused. */
    public <T> T call(Function<JdbcClient, T> work) {
        return transactions.call(work);
    }

    /** As {@link #call}, without a result. */
    public void run(Consumer<JdbcClient> work) {
        call(jdbc -> {
            work.accept(jdbc);
            return true;
        });
    }
}
