package dev.anneal.service.models.hub;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A base model that was asked for.
 *
 * @param revision as it was asked for
 * @param sha the commit that is used; while another is pulled, still that of before
 * @param bytesTotal null until it is known
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

    /** How far it is. The lower-case names are the ones the API shows. */
    public enum State {
        PULLING,
        READY,
        FAILED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
