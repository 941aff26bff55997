package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;

/** Dashboards read the views, and of the tenants' tables no column that these do without. */
@PostgresTest
class ReadOnlyRoleIT {

    @ParameterizedTest
    @ValueSource(strings = {"anneal_job", "anneal_job_series", "anneal_queue_depth"})
    void viewsAreRead(String view) {
        assertThat(read("SELECT count(*) FROM (SELECT * FROM " + view + ") AS rows"))
                .hasSize(1);
    }

    /** Where graders stand with the headers that they send along. */
    @ParameterizedTest
    @ValueSource(strings = {"request FROM job", "settings FROM job", "grading FROM evaluation", "* FROM job"})
    void gradersAreNotRead(String what) {
        assertThatThrownBy(() -> read("SELECT " + what))
                .isInstanceOf(DataAccessException.class)
                .hasStackTraceContaining("permission denied");
    }

    @Test
    void columnsAreReadThatViewsNeed() {
        List<String> readable =
                TestDatabase.administrator().sql("""
                        SELECT format('%s.%s', owner.table_name, owned.column_name)
                        FROM information_schema.columns AS owner
                        JOIN information_schema.columns AS owned USING (table_schema, table_name)
                        JOIN information_schema.tables USING (table_schema, table_name)
                        WHERE table_schema = 'public'
                            AND table_type = 'BASE TABLE'
                            AND owner.column_name = 'tenant_id'
                            AND has_column_privilege('anneal_readonly', quote_ident(table_name), owned.column_name, 'SELECT')
                        """).query(String.class).list();
        List<String> needed =
                TestDatabase.administrator().sql("""
                        SELECT DISTINCT format('%s.%s', table_name, column_name)
                        FROM information_schema.view_column_usage
                        WHERE view_schema = 'public' AND table_schema = 'public'
                            AND view_name IN (
                                SELECT table_name FROM information_schema.table_privileges
                                WHERE grantee = 'anneal_readonly')
                        """).query(String.class).list();

        assertThat(needed).contains("job.model");
        assertThat(readable).containsExactlyInAnyOrderElementsOf(needed);
    }

    private static List<String> read(String query) {
        return TestDatabase.asRole(
                "anneal_readonly", jdbc -> jdbc.sql(query).query(String.class).list());
    }
}
