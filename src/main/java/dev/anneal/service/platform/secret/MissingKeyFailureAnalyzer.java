package dev.anneal.service.platform.secret;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a refused start in the terms of whoever starts the service. */
final class MissingKeyFailureAnalyzer extends AbstractFailureAnalyzer<MissingKeyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, MissingKeyException cause) {
        return new FailureAnalysis(
                "Secrets in the database cannot be opened: " + cause.getMessage() + ".",
                "Add the key '" + cause.keyId()
                        + "' to anneal.secrets.keys (environment: ANNEAL_SECRETS_KEYS), behind the one that is to"
                        + " seal from now on. If it is lost, delete these rows: their secrets are lost too.",
                cause);
    }
}
