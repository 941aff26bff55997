package dev.anneal.service.platform.migration;

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
                        "Correct the fault above and start again. A failed migration leaves nothing behind; those"
                                + " before it are complete. The login that migrates is spring.flyway.user, or else"
                                + " spring.datasource.username: it owns the tables.",
                        cause));
    }
}
