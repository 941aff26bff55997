package dev.anneal.service.platform.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A network that loses what is said around commits: sometimes the request, sometimes the reply. */
public final class LostReplies extends DelegatingDataSource {

    /** What is lost of a commit. */
    public enum Loss {
        NOTHING,
        /** The server does not commit. */
        REQUEST,
        /** The server commits, and nobody hears of it. */
        REPLY
    }

    private static final String CONNECTION_FAILURE = "08006";

    private final Supplier<Loss> losses;

    /**
     * @param losses asked for each commit
     */
    LostReplies(DataSource target, Supplier<Loss> losses) {
        super(target);
        this.losses = losses;
    }

    /** Losses that the seed decides. */
    static Supplier<Loss> random(long seed, double probability) {
        Random random = new Random(seed);
        return () -> {
            if (random.nextDouble() >= probability) {
                return Loss.NOTHING;
            }
            return random.nextBoolean() ? Loss.REPLY : Loss.REQUEST;
        };
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        return (Connection) Proxy.newProxyInstance(
                LostReplies.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        if (method.getName().equals("commit")) {
                            commit(connection, losses.get());
                            return null;
                        }
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private static void commit(Connection connection, Loss loss) throws SQLException {
        if (loss == Loss.REQUEST) {
            connection.rollback();
        } else {
            connection.commit();
        }
        if (loss != Loss.NOTHING) {
            throw new SQLException("the connection broke", CONNECTION_FAILURE);
        }
    }
}
