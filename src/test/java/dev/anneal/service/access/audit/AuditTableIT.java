package dev.anneal.service.access.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.paging.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What PostgreSQL allows with the audit log, and that entries which were accepted get there. */
@PostgresTest
class AuditTableIT {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "anneal_system; UPDATE audit_log SET actor_id = 'nobody'",
                "anneal_system; DELETE FROM audit_log",
                "anneal_system; TRUNCATE audit_log",
                "anneal_tenant; SELECT 1 FROM audit_log",
                "anneal_tenant; DELETE FROM audit_log",
                "anneal_tenant; SELECT forget_audit_log('1 day', 1)",
                "anneal_readonly; SELECT 1 FROM audit_log",
                "anneal_readonly; SELECT forget_audit_log('1 day', 1)"
            })
    void rolesOfTheServiceMayNot(String role, String statement) {
        write(List.of(entry("audit_log-1", Instant.now(), "file-1")));

        assertThatThrownBy(() -> TestDatabase.asRole(role, jdbc -> execute(jdbc, statement)))
                .isInstanceOf(DataAccessException.class)
                .hasStackTraceContaining("permission denied");
        assertThat(ids()).containsExactly("audit_log-1");
    }

    @Test
    void notEvenTheOwnerChangesARow() {
        write(List.of(entry("audit_log-1", Instant.now(), "file-1")));

        assertThatThrownBy(() -> execute(TestDatabase.administrator(), "UPDATE audit_log SET actor_id = 'nobody'"))
                .hasStackTraceContaining("audit_log is append-only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 days", "-1000 days", "30 days"})
    void nothingYoungerThan30DaysIsForgotten(String kept) {
        Instant now = Instant.now();
        write(List.of(
                entry("audit_log-1", now.minus(Duration.ofDays(31)), "file-1"),
                entry("audit_log-2", now.minus(Duration.ofDays(29)), "file-2")));

        TestDatabase.asRole("anneal_system", jdbc -> execute(jdbc, "SELECT forget_audit_log('" + kept + "', 10)"));

        assertThat(ids()).containsExactly("audit_log-2");
    }

    @Test
    void sweeperForgetsWhatHasPassedItsRetention() {
        Instant now = Instant.now();
        write(List.of(
                entry("audit_log-1", now.minus(Duration.ofDays(91)), "file-1"),
                entry("audit_log-2", now.minus(Duration.ofDays(89)), "file-2")));

        sweep(Duration.ofDays(90));

        assertThat(ids()).containsExactly("audit_log-2");
    }

    private static void sweep(Duration retention) {
        new AuditLog(TestDatabase.system(), new AuditRows(TestDatabase.jdbc()))
                .auditLogSweep(new AuditProperties(retention))
                .run()
                .run();
    }

    /** In statements of which each ends in time. */
    @Test
    void sweeperForgetsAnyNumberOfEntries() {
        TestDatabase.administrator().sql("""
                        INSERT INTO audit_log (public_id, at, action, outcome, status, method, path, client_ip, request_id)
                        SELECT 'audit_log-' || number, now() - interval '91 days', 'login.failed', 'denied', 401, 'GET', '/', '127.0.0.1', 'req_1'
                        FROM generate_series(1, ?) AS number
                        """).param(SystemDatabase.BATCH + 1).update();
        AuditRows rows = new AuditRows(TestDatabase.jdbc());

        assertThat(TestDatabase.system().<Long>call(() -> rows.forget(Duration.ofDays(90), 17)))
                .isEqualTo(17);
        sweep(Duration.ofDays(90));

        assertThat(ids()).isEmpty();
    }

    @Test
    void pageOfSeveralValuesIsInOrderOfTime() {
        Instant now = Instant.now();
        write(List.of(
                entry("audit_log-1", now.minusSeconds(4), "file-1"),
                entry("audit_log-2", now.minusSeconds(3), "file-2"),
                entry("audit_log-3", now.minusSeconds(2), "file-3"),
                entry("audit_log-4", now.minusSeconds(1), "file-1")));
        AuditQuery query = new AuditQuery(
                List.of("file.created", "file.deleted"),
                List.of(),
                List.of("alpha"),
                List.of("file-3", "file-1", "file-1"),
                null,
                null);

        assertThat(list(query, null, false)).containsExactly("audit_log-4", "audit_log-3");
        assertThat(list(query, "audit_log-3", false)).containsExactly("audit_log-1");
        assertThat(list(query, "audit_log-1", true)).containsExactly("audit_log-3", "audit_log-4");
        assertThat(list(
                        new AuditQuery(List.of(), List.of("nobody"), List.of(), List.of("file-1"), null, null),
                        null,
                        true))
                .isEmpty();
    }

    private static List<String> list(AuditQuery query, @Nullable String after, boolean ascending) {
        AuditRows rows = new AuditRows(TestDatabase.jdbc());
        return TestDatabase.system()
                .<List<AuditEntry>>call(() -> rows.list(query, new PageRequest(after, 1, ascending)))
                .stream()
                .map(AuditEntry::id)
                .toList();
    }

    @Test
    void stopWritesWhatIsLeft() throws InterruptedException {
        AuditLog log = new AuditLog(TestDatabase.system(), new AuditRows(TestDatabase.jdbc()));
        log.afterPropertiesSet();
        Thread stop = new Thread(() -> stop(log));

        // While the table is locked the entries pile up, and so does the stop.
        TestDatabase.asRole("anneal_owner", jdbc -> {
            execute(jdbc, "LOCK TABLE audit_log IN EXCLUSIVE MODE");
            IntStream.range(0, 900).forEach(n -> log.add(entry("audit_log-" + (1000 + n), Instant.now(), "file-" + n)));
            stop.start();
            return true;
        });
        stop.join();

        assertThat(ids()).hasSize(900);
    }

    @Test
    void entryThatCannotBeStoredHoldsUpNoOther() {
        write(List.of(
                entry("audit_log-1", Instant.now(), "file-1"),
                entry("audit_log-2", Instant.now(), "\0"),
                entry("audit_log-3", Instant.now(), "file-3")));

        assertThat(ids()).containsExactly("audit_log-1", "audit_log-3");
    }

    private static void write(List<AuditEntry> entries) {
        AuditLog log = new AuditLog(TestDatabase.system(), new AuditRows(TestDatabase.jdbc()));
        entries.forEach(log::add);
        log.afterPropertiesSet();
        stop(log);
    }

    private static void stop(AuditLog log) {
        try {
            log.destroy();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static List<String> ids() {
        return TestDatabase.administrator()
                .sql("SELECT public_id FROM audit_log ORDER BY public_id")
                .query(String.class)
                .list();
    }

    private static boolean execute(JdbcClient jdbc, String statement) {
        if (statement.startsWith("SELECT")) {
            jdbc.sql(statement).query().listOfRows();
        } else {
            jdbc.sql(statement).update();
        }
        return true;
    }

    private static AuditEntry entry(String id, Instant at, @Nullable String object) {
        return new AuditEntry(
                id,
                at,
                "file.created",
                "succeeded",
                200,
                null,
                "alpha",
                object,
                new AuditEntry.Origin("POST", "/v1/files", "127.0.0.1", "req_1", null));
    }
}
