package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Exports that were made before V4 keep their element types, under torch's names. */
@PostgresTest
class ExportTypesMigrationIT {

    private static final String DATABASE = "before_export_types";

    @Test
    void earlierExportsAreRenamedThoughTheOwnerSeesNoTenant() {
        DatabaseAccess access = TestDatabase.access();
        TestDatabase.administrator()
                .sql("CREATE DATABASE %s OWNER %s"
                        .formatted(DATABASE, access.owner().name()))
                .update();
        DriverManagerDataSource source = new DriverManagerDataSource(
                access.url().replaceAll("/[^/]+$", "/" + DATABASE),
                access.owner().name(),
                access.owner().password());
        FluentConfiguration flyway = Flyway.configure()
                .dataSource(source)
                .placeholders(Map.of("applicationLogin", access.application().name()));
        flyway.target("3").load().migrate();
        JdbcClient owner = JdbcClient.create(source);
        insertExport(owner, "bf16");

        flyway.target("4").load().migrate();

        owner.sql("ALTER TABLE export NO FORCE ROW LEVEL SECURITY").update();
        assertThat(owner.sql("SELECT dtype FROM export").query(String.class).list())
                .containsExactly("bfloat16");
    }

    /** Without the job and checkpoint that it would have. */
    private static void insertExport(JdbcClient owner, String dtype) {
        owner.sql("ALTER TABLE export NO FORCE ROW LEVEL SECURITY").update();
        for (String reference : new String[] {"job_id", "checkpoint_id", "work_id"}) {
            owner.sql("ALTER TABLE export DROP CONSTRAINT export_%s_fkey".formatted(reference))
                    .update();
        }
        owner.sql("""
                        INSERT INTO export (tenant_id, external_id, job_id, checkpoint_id, work_id, created_at, kind, dtype)
                        VALUES ('one', 'ftexp-1', 1, 1, 1, now(), 'merged', :dtype)
                        """).param("dtype", dtype).update();
        owner.sql("ALTER TABLE export FORCE ROW LEVEL SECURITY").update();
    }
}
