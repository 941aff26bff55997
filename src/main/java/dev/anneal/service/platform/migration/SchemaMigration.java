package dev.anneal.service.platform.migration;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;

/**
 * Brings the schema up to this version's and logs the version in one line. Before each migration of a non-empty
 * database it logs a line too, because a migration of much data takes long.
 */
public final class SchemaMigration implements FlywayMigrationStrategy, Callback {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaMigration.class);
    private static final MigrationVersion FIRST = MigrationVersion.fromVersion("1");

    private boolean isEmpty;

    @Override
    public void migrate(Flyway flyway) {
        MigrateResult result = flyway.migrate();
        if (result.migrationsExecuted == 0) {
            LOG.info("The database's schema is up to date at version {}", result.initialSchemaVersion);
        } else {
            LOG.info(
                    "{}Migrations applied: {}. The database's schema is at version {}",
                    isEmpty ? "The database was empty. " : "",
                    result.migrationsExecuted,
                    result.targetSchemaVersion);
        }
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        MigrationInfo next = context.getMigrationInfo();
        isEmpty |= FIRST.equals(next.getVersion());
        if (!isEmpty) {
            LOG.info("Migrating the database's schema to version {}, {}", next.getVersion(), next.getDescription());
        }
    }

    @Override
    public String getCallbackName() {
        return "log";
    }
}
