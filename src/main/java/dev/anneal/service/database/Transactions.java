package dev.anneal.service.database;

import java.util.Objects;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Explicit transactions on one pool. */
final class Transactions {

    private final DataSource pool;
    private final TransactionTemplate template;
    private final JdbcClient jdbc;

    Transactions(DataSource pool) {
        this.pool = pool;
        this.template = new TransactionTemplate(new DataSourceTransactionManager(pool));
        this.jdbc = JdbcClient.create(pool);
    }

    <T> T call(Function<JdbcClient, T> work) {
        if (TransactionSynchronizationManager.hasResource(pool)) {
            throw new IllegalStateException(
                    "a transaction must not be opened within another on the same pool: pass its client on");
        }
        return Objects.requireNonNull(template.execute(status -> work.apply(jdbc)));
    }
}
