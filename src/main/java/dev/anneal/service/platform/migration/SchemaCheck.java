package dev.anneal.service.platform.migration;

import dev.anneal.service.platform.postgres.DatabaseAccess;
import dev.anneal.service.platform.postgres.DatabaseAccess.Login;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;

/**
 * Check of a process that does not migrate ({@code spring.flyway.enabled=false}): the schema must have all migrations
 * of its version. A newer schema is accepted, because migrations keep the previous version working.
 */
public final class SchemaCheck {

    private static final String MIGRATE =
            "Start a process of this version with anneal.roles=migrate (environment: ANNEAL_ROLES) and the owner's"
                    + " login, which brings the schema up to date and exits; or leave spring.flyway.enabled at true.";

    /** @throws StartRefusedException if a migration is missing, or if the applied ones cannot be read */
    public SchemaCheck(DatabaseAccess access) {
        MigrationInfoService migrations = read(access);
        MigrationInfo[] pending = migrations.pending();
        if (pending.length > 0) {
            throw new StartRefusedException(
                    "The database's schema %s, but this version of Anneal needs %s. Missing: %s."
                            .formatted(versionOf(migrations), pending[pending.length - 1].getVersion(), list(pending)),
                    MIGRATE);
        }
    }

    private static MigrationInfoService read(DatabaseAccess access) {
        Login login = access.application();
        try {
            return Flyway.configure()
                    .dataSource(access.url(), login.name(), login.password())
                    .placeholders(Map.of("applicationLogin", login.name()))
                    .load()
                    .info();
        } catch (FlywayException e) {
            throw ConnectionFault.in(e)
                    .map(fault -> new StartRefusedException(fault.description(), ConnectionFault.ACTION, e))
                    .orElseGet(() -> new StartRefusedException(
                            "The state of the database's schema cannot be read as '%s'. %s"
                                    .formatted(login.name(), e.getMessage()),
                            "If the login may not read flyway_schema_history: " + MIGRATE,
                            e));
        }
    }

    private static String versionOf(MigrationInfoService migrations) {
        MigrationInfo current = migrations.current();
        return current == null ? "is empty" : "is at version " + current.getVersion();
    }

    private static String list(MigrationInfo[] pending) {
        return Arrays.stream(pending)
                .map(migration -> "V%s %s".formatted(migration.getVersion(), migration.getDescription()))
                .collect(Collectors.joining(", "));
    }
}
