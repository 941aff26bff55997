package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import org.junit.jupiter.api.Test;

/** Which of the server's own words mean that it is worth to wait. */
@PostgresTest
class DatabaseOutageIT {

    private static final String INSERT =
            "INSERT INTO work (tenant_id, kind, method, state, priority) VALUES ('one', 'TRAIN', 'supervised', 'QUEUED', 5)";

    @Test
    void aServerThatTakesNoWritesIsWaitedFor() {
        RuntimeException failure = failureOf(() -> {
            TestDatabase.jdbc().sql("SET TRANSACTION READ ONLY").update();
            TestDatabase.jdbc().sql(INSERT).update();
        });

        assertThat(failure).hasMessageContaining("read-only");
        assertThat(DatabaseOutage.explains(failure)).isTrue();
    }

    @Test
    void aTransactionThatTheServerEndedForItsSilenceIsWaitedFor() {
        RuntimeException failure = failureOf(() -> {
            TestDatabase.jdbc()
                    .sql("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
                    .update();
            CutConnections.awaitEnd(TestDatabase.jdbc()
                    .sql("SELECT pg_backend_pid()")
                    .query(Integer.class)
                    .single());
            TestDatabase.jdbc().sql(INSERT).update();
        });

        assertThat(failure).hasMessageContaining("idle-in-transaction");
        assertThat(DatabaseOutage.explains(failure)).isTrue();
    }

    @Test
    void whatWentWrongIsToldThoughTheConnectionIsGone() {
        IllegalStateException refused = new IllegalStateException("the service's own reason");

        RuntimeException failure = failureOf(() -> {
            CutConnections.terminate(TestDatabase.jdbc()
                    .sql("SELECT pg_backend_pid()")
                    .query(Integer.class)
                    .single());
            throw refused;
        });

        assertThat(failure).isSameAs(refused);
        assertThat(failure.getSuppressed()).hasSize(1);
    }

    @Test
    void reasonIsOneLine() {
        RuntimeException failure = failureOf(() -> {
            CutConnections.terminate(TestDatabase.jdbc()
                    .sql("SELECT pg_backend_pid()")
                    .query(Integer.class)
                    .single());
            TestDatabase.jdbc().sql("SELECT\n 1").query(Integer.class).single();
        });

        assertThat(DatabaseOutage.explains(new IllegalStateException("wrapped", failure)))
                .isTrue();
        assertThat(DatabaseOutage.reason(failure))
                .doesNotContain("\n", "SELECT")
                .contains("terminating connection");
    }

    @Test
    void aWrongStatementIsNot() {
        assertThat(DatabaseOutage.explains(failureOf(
                        () -> TestDatabase.jdbc().sql("SELECT nothing").query().listOfRows())))
                .isFalse();
        assertThat(DatabaseOutage.explains(failureOf(() ->
                        TestDatabase.jdbc().sql(INSERT.replace("5)", "99)")).update())))
                .isFalse();
        assertThat(DatabaseOutage.explains(new IllegalStateException("a bug"))).isFalse();
    }

    private static RuntimeException failureOf(Runnable statements) {
        return catchRuntimeException(() -> TestDatabase.system().run(statements));
    }
}
