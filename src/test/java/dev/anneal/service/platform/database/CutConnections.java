package dev.anneal.service.platform.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Ends the server's side of a connection under a request, right before a statement, a commit or a rollback of the
 * test's choice, or right after a commit.
 */
public final class CutConnections implements BeanPostProcessor {

    private static final String COMMIT = "commit";
    private static final Set<String> STATEMENTS = Set.of("prepareStatement", "createStatement", COMMIT, "rollback");

    /** Of the container. */
    private static final String REQUESTS = "http-nio";

    private final BeanFactory beans;
    private final AtomicInteger statementsLeft = new AtomicInteger(-1);
    private final AtomicInteger commitsLeft = new AtomicInteger(-1);

    public CutConnections(BeanFactory beans) {
        this.beans = beans;
    }

    /** Cuts the connection of the next request's statement with this number, from 0. */
    public void cutAt(int statement) {
        statementsLeft.set(statement);
    }

    /**
     * Cuts the connection of the next request's commit with this number, from 0, when the server has committed: its
     * answer is lost.
     */
    public void cutAfterCommit(int commit) {
        commitsLeft.set(commit);
    }

    /** Whether a connection was cut since the last {@link #cutAt} or {@link #cutAfterCommit}; none is from now on. */
    public boolean hasCut() {
        boolean isLeft = statementsLeft.get() >= 0 || commitsLeft.get() >= 0;
        statementsLeft.set(-1);
        commitsLeft.set(-1);
        return !isLeft;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof TenantDatabase) {
            return new TenantDatabase(onCut("tenantPool"), beans.getBean(JdbcClient.class));
        }
        if (bean instanceof AuthenticationDatabase) {
            return new AuthenticationDatabase(onCut("authenticationPool"));
        }
        return bean instanceof SystemDatabase ? new SystemDatabase(onCut("systemPool")) : bean;
    }

    private Transactions onCut(String pool) {
        return new Transactions(
                beans.getBean(CurrentPool.class),
                new Cut(beans.getBean(pool, DataSource.class)),
                beans.getBean(PlatformTransactionManager.class));
    }

    /** The pool, whose connections count their statements. */
    private final class Cut extends DelegatingDataSource {

        Cut(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    Cut.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        int process = connection.unwrap(PGConnection.class).getBackendPID();
                        if (STATEMENTS.contains(method.getName()) && isTheOne(statementsLeft)) {
                            terminate(process);
                        }
                        try {
                            if (method.getName().equals(COMMIT) && isTheOne(commitsLeft)) {
                                connection.commit();
                                terminate(process);
                                // The pool hears of a loss by the exception of a statement alone.
                                connection.prepareStatement("SELECT 1").execute();
                            }
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException failure) {
                            throw failure.getCause();
                        }
                    });
        }
    }

    private static boolean isTheOne(AtomicInteger left) {
        return left.get() >= 0 && Thread.currentThread().getName().startsWith(REQUESTS) && left.getAndDecrement() == 0;
    }

    /** Ends the connection whose server process this is. */
    static void terminate(int process) {
        TestDatabase.administrator()
                .sql("SELECT pg_terminate_backend(?)")
                .param(process)
                .query(Boolean.class)
                .single();
        awaitEnd(process);
    }

    /** Waits for the server to have ended a connection. */
    static void awaitEnd(int process) {
        while (!TestDatabase.administrator()
                .sql("SELECT pid FROM pg_stat_activity WHERE pid = ?")
                .param(process)
                .query(Integer.class)
                .list()
                .isEmpty()) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }
}
