package dev.anneal.service.platform.database;

import java.util.Objects;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Explicit transactions on one pool. */
final class Transactions {

    private final DataSource pool;
    private final PlatformTransactionManager manager;
    private final JdbcClient jdbc;

    Transactions(DataSource pool) {
        this.pool = pool;
        this.manager = new DataSourceTransactionManager(pool);
        this.jdbc = JdbcClient.create(pool);
    }

    <T> T call(Function<JdbcClient, T> work) {
        if (TransactionSynchronizationManager.hasResource(pool)) {
            throw new IllegalStateException(
                    "a transaction must not be opened within another on the same pool: pass its client on");
        }
        TransactionStatus transaction = manager.getTransaction(null);
        T result;
        try {
            result = work.apply(jdbc);
        } catch (RuntimeException | Error failure) {
            rollBack(transaction, failure);
            throw failure;
        }
        manager.commit(transaction);
        return Objects.requireNonNull(result);
    }

    /** A connection that is gone needs no rollback, and its failure must not hide what went wrong: here Spring's template differs. */
    private void rollBack(TransactionStatus transaction, Throwable failure) {
        try {
            manager.rollback(transaction);
        } catch (TransactionException gone) {
            failure.addSuppressed(gone);
        }
    }
}
