package dev.anneal.service.access.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a refused start in the terms of whoever starts the service. */
final class OpenWithoutKeysFailureAnalyzer extends AbstractFailureAnalyzer<OpenWithoutKeysException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, OpenWithoutKeysException cause) {
        return new FailureAnalysis(
                "Anneal would serve everybody who reaches " + cause.address() + ": no API keys are configured.",
                "Set anneal.api-keys (environment: ANNEAL_API_KEYS) to entries of the form tenant:key, or anneal.admin-keys"
                        + " (ANNEAL_ADMIN_KEYS) to make keys over the API, or remove server.address to serve this machine"
                        + " alone.",
                cause);
    }
}
