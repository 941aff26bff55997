package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.anneal.service.database.PostgresTest;
import dev.anneal.service.database.TestDatabase;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which of the server's own words mean that it is worth to wait. */
@PostgresTest
class DatabaseOutageIT {

    private static final String INSERT =
            "INSERT INTO work (tenant_id, kind, method, state, priority) VALUES ('one', 'TRAIN', 'supervised', 'QUEUED', 5)";

    @Test
    void aServerThatTakesNoWritesIsWaitedFor() {
        RuntimeException failure = failureOf(jdbc -> {
            jdbc.sql("SET TRANSACTION READ ONLY").update();
            jdbc.sql(INSERT).update();
        });

        assertThat(failure).hasMessageContaining("read-only");
        assertThat(DatabaseOutage.explains(failure)).isTrue();
    }

    @Test
    void aTransactionThatTheServerEndedForItsSilenceIsWaitedFor() {
        RuntimeException failure = failureOf(jdbc -> {
            jdbc.sql("SET LOCAL idle_in_transaction_session_timeout = '50ms'").update();
            Stage.sleep(Duration.ofMillis(500));
            jdbc.sql(INSERT).update();
        });

        assertThat(failure).hasMessageContaining("idle-in-transaction");
        assertThat(DatabaseOutage.explains(failure)).isTrue();
    }

    @Test
    void aWrongStatementIsNot() {
        assertThat(DatabaseOutage.explains(
                        failureOf(jdbc -> jdbc.sql("SELECT nothing").query().listOfRows())))
                .isFalse();
        assertThat(DatabaseOutage.explains(
                        failureOf(jdbc -> jdbc.sql(INSERT.replace("5)", "99)")).update())))
                .isFalse();
        assertThat(DatabaseOutage.explains(new IllegalStateException("a bug"))).isFalse();
    }

    /** What the statements themselves throw; the rollback of a connection that is gone would hide it. */
    private static RuntimeException failureOf(Consumer<JdbcClient> statements) {
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        assertThatThrownBy(() -> TestDatabase.system().run(jdbc -> {
                    failure.set(catchRuntimeException(() -> statements.accept(jdbc)));
                    throw failure.get();
                }))
                .isInstanceOf(RuntimeException.class);
        return Objects.requireNonNull(failure.get());
    }
}
