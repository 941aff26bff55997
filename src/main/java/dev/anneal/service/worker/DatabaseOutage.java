package dev.anneal.service.worker;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/** Tells a database that is away from a statement that is wrong: the first is waited for, the second never ends. */
final class DatabaseOutage {

    /**
     * What Spring has no exception of its own for: 25006, the server takes no writes, as one does that has just become a standby; 25P03,
     * the server has ended a transaction in which nothing happened, as after a long pause of this process.
     */
    private static final Set<String> PASSING_STATES = Set.of("25006", "25P03");

    private DatabaseOutage() {}

    /** Whether the same call may succeed later. */
    static boolean explains(Throwable failure) {
        return failure instanceof TransactionException
                || failure instanceof TransientDataAccessException
                || failure instanceof RecoverableDataAccessException
                || failure instanceof NonTransientDataAccessResourceException
                || isPassing(failure);
    }

    private static boolean isPassing(Throwable failure) {
        @Nullable Throwable cause = failure;
        while (cause != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        return cause instanceof SQLException refused
                && refused.getSQLState() != null
                && PASSING_STATES.contains(refused.getSQLState());
    }
}
