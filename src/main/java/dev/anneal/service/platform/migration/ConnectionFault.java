package dev.anneal.service.platform.migration;

import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * No session with the database could be opened. Its address is not shown, because it may hold a password.
 *
 * @param message message of the server or the connection
 */
record ConnectionFault(String message) {

    static final String ACTION =
            "Check spring.datasource.url, spring.datasource.username and spring.datasource.password (for the login"
                    + " that migrates, spring.flyway.user and spring.flyway.password), and whether the server runs.";

    /**
     * SQL states of connection failures, failed logins, missing databases, and servers that start, stop or have no free
     * connection.
     */
    private static final Pattern STATES = Pattern.compile("08...|28...|3D...|53300|57P0.");

    static Optional<ConnectionFault> in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && STATES.matcher(String.valueOf(sql.getSQLState())).matches()) {
                return Optional.of(new ConnectionFault(
                        String.valueOf(sql.getMessage()).lines().findFirst().orElse("SQL state " + sql.getSQLState())));
            }
        }
        return Optional.empty();
    }

    String description() {
        return "The database that spring.datasource.url names cannot be used: " + message;
    }
}
