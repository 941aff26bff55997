package dev.anneal.service.platform.database;

import org.flywaydb.core.api.FlywayException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports why a migration failed, and that none of its changes remain. */
final class MigrationFailureAnalyzer extends AbstractFailureAnalyzer<FlywayException> {

    private static final String FAILED = "The database's schema could not be migrated. ";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, FlywayException cause) {
        return ConnectionFault.in(cause)
                .map(fault -> new FailureAnalysis(FAILED + fault.description(), ConnectionFault.ACTION, cause))
                .orElseGet(() -> new FailureAnalysis(
                        FAILED + cause.getMessage(),
                        "Mend what is said above and start again. A migration that fails leaves nothing behind; those before it are done."
                                + " The login that migrates is spring.flyway.user, else spring.datasource.username: it owns the tables.",
                        cause));
    }
}
