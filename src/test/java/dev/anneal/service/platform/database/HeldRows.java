package dev.anneal.service.platform.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows that a transaction of a test holds, so that another one is caught waiting for them: whoever waits must hold
 * nothing that this wants next.
 */
public final class HeldRows implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Connection connection;

    private HeldRows(Connection connection) {
        this.connection = connection;
    }

    /** @param statement locks the rows */
    public static HeldRows of(String statement, Object... parameters) throws SQLException {
        Connection connection = TestDatabase.administratorConnections().getConnection();
        connection.setAutoCommit(false);
        HeldRows rows = new HeldRows(connection);
        // Of two transactions that wait for each other this one finds it out, and the test with it.
        rows.execute("SET LOCAL deadlock_timeout = '10ms'");
        rows.execute(statement, parameters);
        return rows;
    }

    /** Waits until another transaction waits for the rows. */
    public void awaitWaiter() throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!hasWaiter()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("nobody waits for the rows after " + PATIENCE);
            }
            Thread.sleep(20);
        }
    }

    private static boolean hasWaiter() {
        return JdbcClient.create(TestDatabase.administratorConnections())
                .sql("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0)")
                .query(Boolean.class)
                .single();
    }

    /** Does something more in the transaction that holds the rows. */
    public void execute(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int position = 0; position < parameters.length; position++) {
                statement.setObject(position + 1, parameters[position]);
            }
            statement.execute();
        }
    }

    public void commit() throws SQLException {
        connection.commit();
    }

    /** Lets go of the rows; what was not committed is undone. */
    @Override
    public void close() throws SQLException {
        connection.rollback();
        connection.close();
    }
}
