package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.penetration.Penetration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Roles see and change what is theirs, whatever a statement asks for. */
@PostgresTest
@Penetration
class RowLevelSecurityIT {

    private static final String ADD =
            "INSERT INTO work (tenant_id, kind, method, state, priority) VALUES (?, 'TRAIN', 'supervised', 'QUEUED', 5)";

    @BeforeEach
    void workOfTwoTenants() {
        TestDatabase.tenant()
                .run("one", () -> TestDatabase.jdbc().sql(ADD).param("one").update());
        TestDatabase.tenant()
                .run("two", () -> TestDatabase.jdbc().sql(ADD).param("two").update());
    }

    @Test
    void tenantSeesItsOwnRowsOnly() {
        assertThat(TestDatabase.tenant().call("one", () -> tenantsSeen(TestDatabase.jdbc())))
                .isEqualTo("one");
    }

    @Test
    void tenantThatNothingNamesSeesNothing() {
        assertThat(asRole("anneal_tenant", "SELECT count(*) FROM work")).isEqualTo("0");
        String seen = TestDatabase.tenant()
                .call(
                        "",
                        () -> TestDatabase.jdbc()
                                .sql("SELECT count(*) FROM work")
                                .query(String.class)
                                .single());
        assertThat(seen).isEqualTo("0");
    }

    @Test
    void tenantOfOneTransactionIsForgottenInTheNext() {
        for (int connection = 0; connection < 20; connection++) {
            assertThat(TestDatabase.tenant().call("two", () -> tenantsSeen(TestDatabase.jdbc())))
                    .isEqualTo("two");
            assertThat(TestDatabase.tenant().call("one", () -> tenantsSeen(TestDatabase.jdbc())))
                    .isEqualTo("one");
        }
    }

    @Test
    void tenantCannotWriteForAnother() {
        assertThatThrownBy(() -> TestDatabase.tenant()
                        .run(
                                "one",
                                () -> TestDatabase.jdbc().sql(ADD).param("two").update()))
                .isInstanceOf(DataAccessException.class)
                .hasStackTraceContaining("row-level security");
        int changed = TestDatabase.tenant()
                .call(
                        "one",
                        () -> TestDatabase.jdbc()
                                .sql("UPDATE work SET priority = 0 WHERE tenant_id = 'two'")
                                .update());
        assertThat(changed).isZero();
    }

    @Test
    void systemSeesAllTenants() {
        assertThat(TestDatabase.system().call(() -> tenantsSeen(TestDatabase.jdbc())))
                .isEqualTo("one,two");
    }

    @Test
    void readOnlyRoleReadsAndCannotWrite() {
        assertThat(asRole("anneal_readonly", "SELECT queued + running FROM anneal_queue_depth WHERE slot = 'TRAINING'"))
                .isEqualTo("2");
        assertThatThrownBy(() -> asRole("anneal_readonly", "UPDATE work SET priority = 0 RETURNING id"))
                .isInstanceOf(DataAccessException.class)
                .hasStackTraceContaining("permission denied");
    }

    @Test
    void applicationLoginIsNeitherSuperuserNorOwner() {
        boolean privileged = TestDatabase.system()
                .call(() -> TestDatabase.jdbc().sql("""
                        SELECT rolsuper OR EXISTS (SELECT FROM pg_tables WHERE tableowner = session_user)
                        FROM pg_roles
                        WHERE rolname = session_user
                        """).query(Boolean.class).single());
        assertThat(privileged).isFalse();
    }

    private static String tenantsSeen(JdbcClient jdbc) {
        return jdbc.sql("SELECT string_agg(DISTINCT tenant_id, ',' ORDER BY tenant_id) FROM work")
                .query(String.class)
                .single();
    }

    private static String asRole(String role, String query) {
        return TestDatabase.asRole(
                role, jdbc -> jdbc.sql(query).query(String.class).single());
    }
}
