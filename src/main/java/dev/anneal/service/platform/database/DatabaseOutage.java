package dev.anneal.service.platform.database;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
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

/** Distinguishes an unreachable database, which is worth waiting for, from a faulty statement. */
public final class DatabaseOutage {

    /**
     * Errors without a Spring exception: 25006, the server accepts no writes, for example because it has become a
     * standby; 25P03, the server has ended an idle transaction, for example after a long pause of this process.
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

    /**
     * Whether this process has more to do than it has connections, while the database answers: the pool names no
     * failure to connect.
     */
    private static boolean isOverload(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException && cause.getCause() == null) {
                return true;
            }
        }
        return false;
    }

    /** What the client is told: to come again, soon if other requests are in its way. */
    public static Refusal refusal(Throwable failure) {
        return isOverload(failure)
                ? new Refusal(
                        RefusalCode.QUEUE_FULL,
                        "This process answers as many requests as its connections to the database allow. Try again.")
                : new Refusal(
                        RefusalCode.SERVICE_UNAVAILABLE, "The database does not answer at the moment. Try again.");
    }

    private static boolean isPassing(Throwable failure) {
        return failure instanceof TransactionException
                || failure instanceof TransientDataAccessException
                || failure instanceof RecoverableDataAccessException
                || failure instanceof NonTransientDataAccessResourceException
                || (failure instanceof SQLException refused && refused.getSQLState() != null && isPassing(refused));
    }

    /** Uses the driver's exception, because JPA's exceptions carry less than JDBC's. */
    private static boolean isPassing(SQLException refused) {
        DataAccessException translated = BY_STATE.translate("", null, refused);
        return PASSING_STATES.contains(refused.getSQLState())
                || (translated != null && isPassing((Throwable) translated));
    }

    /** The message of the driver or the pool, on one line: Spring's messages contain the whole statement. */
    public static String reason(Throwable failure) {
        String said = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
        return Objects.requireNonNullElse(said, failure.getClass().getSimpleName())
                .strip()
                .replaceAll("\\R\\s*", " ");
    }
}
