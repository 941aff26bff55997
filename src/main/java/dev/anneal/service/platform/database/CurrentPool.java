package dev.anneal.service.platform.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * The pool of the thread's transaction. Outside a transaction it returns no connection, so every statement has a
 * defined role.
 */
final class CurrentPool extends AbstractDataSource {

    @SuppressWarnings("ThreadLocalUsage") // One for each application context, and each has pools of its own.
    private final ThreadLocal<@Nullable DataSource> pool = new ThreadLocal<>();

    <T> T during(DataSource chosen, Supplier<T> work) {
        pool.set(chosen);
        try {
            return work.get();
        } finally {
            pool.remove();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        DataSource chosen = pool.get();
        if (chosen == null) {
            throw new IllegalStateException(
                    "no transaction is open on this thread; TenantDatabase and SystemDatabase open one");
        }
        return chosen.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) {
        throw new UnsupportedOperationException("each pool has its own login");
    }
}
