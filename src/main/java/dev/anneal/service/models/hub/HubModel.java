package dev.anneal.service.models.hub;

import dev.anneal.protocol.WireName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A base model that was requested from the Hub.
 *
 * @param revision as requested
 * @param sha the commit in use; the earlier one while another is pulled
 * @param bytesTotal size of the model's files; null until it is known
 * @param errorCode why the last pull failed; null if it did not
 */
public record HubModel(
        String id,
        String revision,
        @Nullable String sha,
        State state,
        Instant requestedAt,
        @Nullable Long bytesTotal,
        @Nullable Long bytesDone,
        @Nullable String license,
        @Nullable String errorCode,
        @Nullable String errorMessage) {

    /** State of the pull. The API shows the lower-case names. */
    public enum State implements WireName {
        PULLING,
        READY,
        FAILED;
    }
}
