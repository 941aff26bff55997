package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.cluster.ServiceJvm;
import dev.anneal.service.platform.postgres.DatabaseAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Migration by a process of its own, as the chart's Job does it, and the other processes, which know neither the
 * owner's login nor how to migrate. #6
 */
@SystemTest
class MigrateRoleIT {

    @TempDir
    private Path home;

    private String url = "";

    @BeforeEach
    void emptyDatabase() {
        String owner = TestDatabase.access().owner().name();
        TestDatabase.administrator().sql("DROP DATABASE IF EXISTS migrated").update();
        TestDatabase.administrator()
                .sql("CREATE DATABASE migrated OWNER \"" + owner + "\"")
                .update();
        url = TestDatabase.access().url().replaceAll("/[^/]+$", "/migrated");
    }

    @Test
    void itMigratesAndEndsAndOthersStartOnWhatItHasLeft() throws Exception {
        assertThat(exitOfMigration(asOwner())).isZero();
        assertThat(exitOfMigration(withoutItsBucket()))
                .as("nothing is left to do, and no store is looked at")
                .isZero();

        Map<String, String> worker = asApplication();
        worker.put("anneal.worker.max-idle", "1s");
        assertThat(exit("worker", worker)).isZero();
    }

    @Test
    void logNamesEachMigrationOfADatabaseThatHoldsData() throws Exception {
        MigrationInfo before = migrateToLastButOne();
        MigrationInfo last = last();

        try (ServiceJvm migration = ServiceJvm.start("migrate", "migrated", asOwner())) {
            assertThat(migration.awaitExit()).isZero();
            assertThat(migration.log())
                    .containsSubsequence(
                            "Migrating the database's schema to version %s, %s"
                                    .formatted(last.getVersion(), last.getDescription()),
                            "Migrations applied: 1. The database's schema is at version " + last.getVersion())
                    .doesNotContain("to version " + before.getVersion(), "was empty");
        }
    }

    @Test
    void onAnOlderSchemaOthersSayWhatIsMissing() throws Exception {
        MigrationInfo before = migrateToLastButOne();

        try (ServiceJvm worker = ServiceJvm.start("worker", "migrated", asApplication())) {
            assertThat(worker.awaitExit()).isEqualTo(1);
            assertThat(worker.log())
                    .contains("The database's schema is at version " + before.getVersion()
                            + ", but this version of Anneal needs")
                    .contains("V" + last().getVersion() + " " + last().getDescription())
                    .contains("anneal.roles=migrate");
        }
    }

    @Test
    void onAnEmptyDatabaseOthersSayThatItIsEmpty() throws Exception {
        try (ServiceJvm worker = ServiceJvm.start("worker", "migrated", asApplication())) {
            assertThat(worker.awaitExit()).isEqualTo(1);
            assertThat(worker.log()).contains("The database's schema is empty");
        }
    }

    @Test
    void aMigrationThatMayNotBeDoneFailsWithItsReason() throws Exception {
        assertThat(logOfFailedMigration("spring.flyway.password", "wrong"))
                .contains("The database's schema could not be migrated.")
                .contains("password authentication failed");
    }

    /** The others would start after it and be refused, again and again. */
    @Test
    void aMigrationFailsIfTheServicesLoginIsRefusedAfterwards() throws Exception {
        assertThat(logOfFailedMigration("spring.datasource.password", "changed-in-the-settings-alone"))
                .contains("The database's schema is at version 10")
                .contains("password authentication failed for user")
                .contains("Check spring.datasource.url, spring.datasource.username and spring.datasource.password");
    }

    @Test
    void aMigrationNeedsNoPasswordOfTheService() throws Exception {
        Map<String, String> properties = asOwner();
        properties.remove("spring.datasource.password");

        assertThat(exitOfMigration(properties)).isZero();
    }

    @Test
    void withoutADatabaseItMigratesNoneOfItsOwn() throws Exception {
        Map<String, String> properties = Map.of("anneal.home", home.toString());

        try (ServiceJvm migration = ServiceJvm.start("migrate", "migrated", properties)) {
            assertThat(migration.awaitExit()).isEqualTo(1);
            assertThat(migration.log()).contains("spring.datasource.url is not set");
        }
        assertThat(home).isEmptyDirectory();
    }

    /** What the owner's migration says that ends with 1 because of a setting. */
    private String logOfFailedMigration(String setting, String value) throws Exception {
        Map<String, String> properties = asOwner();
        properties.put(setting, value);
        try (ServiceJvm migration = ServiceJvm.start("migrate", "migrated", properties)) {
            assertThat(migration.awaitExit()).isEqualTo(1);
            return migration.log();
        }
    }

    private static int exitOfMigration(Map<String, String> properties) throws IOException, InterruptedException {
        return exit("migrate", properties);
    }

    private static int exit(String role, Map<String, String> properties) throws IOException, InterruptedException {
        try (ServiceJvm process = ServiceJvm.start(role, "migrated", properties)) {
            return process.awaitExit();
        }
    }

    private MigrationInfo migrateToLastButOne() {
        MigrationInfo[] all = flyway().load().info().all();
        MigrationInfo before = all[all.length - 2];
        flyway().target(before.getVersion()).load().migrate();
        return before;
    }

    private MigrationInfo last() {
        MigrationInfo[] all = flyway().load().info().all();
        return all[all.length - 1];
    }

    private FluentConfiguration flyway() {
        DatabaseAccess access = TestDatabase.access();
        return Flyway.configure()
                .dataSource(url, access.owner().name(), access.owner().password())
                .placeholders(Map.of("applicationLogin", access.application().name()));
    }

    private Map<String, String> asOwner() {
        DatabaseAccess access = TestDatabase.access();
        Map<String, String> properties = asApplication();
        properties.put("spring.flyway.user", access.owner().name());
        properties.put("spring.flyway.password", access.owner().password());
        return properties;
    }

    private Map<String, String> withoutItsBucket() {
        Map<String, String> properties = asOwner();
        properties.put("anneal.storage.type", "s3");
        properties.put("anneal.storage.s3.endpoint", "http://127.0.0.1:1");
        return properties;
    }

    private Map<String, String> asApplication() {
        DatabaseAccess access = TestDatabase.access();
        Map<String, String> properties = new HashMap<>();
        properties.put("anneal.home", home.toString());
        properties.put("spring.datasource.url", url);
        properties.put("spring.datasource.username", access.application().name());
        properties.put("spring.datasource.password", access.application().password());
        properties.put("spring.flyway.enabled", "false");
        return properties;
    }
}
