package dev.anneal.service.operations.http;

import dev.anneal.service.operations.retention.Retention;
import org.jspecify.annotations.Nullable;

/** A retention in the API; null means forever. */
record RetentionBody(
        String object,
        String projectId,
        @Nullable Integer intermediateCheckpointsDays,
        @Nullable Integer exportsDays) {

    static RetentionBody of(String projectId, Retention retention) {
        return new RetentionBody(
                "anneal.retention", projectId, retention.intermediateCheckpoints(), retention.exports());
    }
}
