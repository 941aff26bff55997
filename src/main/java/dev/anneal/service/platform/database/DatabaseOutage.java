package dev.anneal.service.platform.database;

import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.springframework.transaction.TransactionException;

/** Tells an unreachable database from a wrong statement: the first is worth waiting for, the second is not. */
public final class DatabaseOutage {

    /**
     * What Spring has no exception of its own for: 25006, the server takes no writes, as one does that has just become a standby; 25P03,
     * the server has ended a transaction in which nothing happened, as after a long pause of this process.
     */
    private static final Set<String> PASSING_STATES = Set.of("25006", "25P03");

    private static final SQLExceptionTranslator BY_STATE = new SQLStateSQLExceptionTranslator();

    private DatabaseOutage() {}

    /** Whether the same call may succeed later. */
    public static boolean explains(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isPassing(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPassing(Throwable failure) {
        return failure instanceof TransactionException
                || failure instanceof TransientDataAccessException
                || failure instanceof RecoverableDataAccessException
                || failure instanceof NonTransientDataAccessResourceException
                || (failure instanceof SQLException refused && refused.getSQLState() != null && isPassing(refused));
    }

    /** Decides by the driver's own exception, because those of JPA say less than those of JDBC. */
    private static boolean isPassing(SQLException refused) {
        DataAccessException translated = BY_STATE.translate("", null, refused);
        return PASSING_STATES.contains(refused.getSQLState())
                || (translated != null && isPassing((Throwable) translated));
    }

    /** The message of the driver or the pool, on one line: Spring's own messages hold the whole statement. */
    public static String reason(Throwable failure) {
        String said = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
        return Objects.requireNonNullElse(said, failure.getClass().getSimpleName())
                .strip()
                .replaceAll("\\R\\s*", " ");
    }
}
