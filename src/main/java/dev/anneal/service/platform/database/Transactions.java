package dev.anneal.service.platform.database;

import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Transactions on one pool, each bound to its thread: all database access of the thread is part of it. */
final class Transactions {

    private final CurrentPool current;
    private final DataSource pool;
    private final PlatformTransactionManager manager;

    /**
     * @param manager manager of transactions on {@code current}
     */
    Transactions(CurrentPool current, DataSource pool, PlatformTransactionManager manager) {
        this.current = current;
        this.pool = pool;
        this.manager = manager;
    }

    <T> T call(Supplier<T> work) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a transaction must not be opened within another");
        }
        return current.during(pool, () -> transact(work));
    }

    private <T> T transact(Supplier<T> work) {
        TransactionStatus transaction = manager.getTransaction(null);
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error failure) {
            rollBack(transaction, failure);
            throw failure;
        }
        manager.commit(transaction);
        return Objects.requireNonNull(result);
    }

    /** Unlike Spring's template, does not let a failed rollback of a lost connection hide the original failure. */
    private void rollBack(TransactionStatus transaction, Throwable failure) {
        try {
            manager.rollback(transaction);
        } catch (TransactionException gone) {
            failure.addSuppressed(gone);
        }
    }
}
