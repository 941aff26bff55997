package dev.anneal.service.platform.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A network that loses what is said around commits: sometimes the request, sometimes the answer. Which, the seed decides. */
final class LostReplies extends DelegatingDataSource {

    private static final String CONNECTION_FAILURE = "08006";

    private final Random random;
    private final double probability;

    LostReplies(DataSource target, long seed, double probability) {
        super(target);
        this.random = new Random(seed);
        this.probability = probability;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        return (Connection) Proxy.newProxyInstance(
                LostReplies.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        if (!method.getName().equals("commit") || random.nextDouble() >= probability) {
                            return method.invoke(connection, arguments);
                        }
                        lose(connection);
                        throw new SQLException("the connection broke", CONNECTION_FAILURE);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private void lose(Connection connection) throws SQLException {
        if (random.nextBoolean()) {
            connection.commit();
        } else {
            connection.rollback();
        }
    }
}
