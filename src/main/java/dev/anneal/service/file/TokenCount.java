package dev.anneal.service.file;

import dev.anneal.engine.data.TokenReport;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a file's tokens: nothing yet, a report, or why there is none.
 *
 * @param failureCode an error code of the API, for example {@code dataset_invalid}
 */
public record TokenCount(
        @Nullable TokenReport report,
        @Nullable String failureCode,
        @Nullable String failureMessage) {

    static final TokenCount PENDING = new TokenCount(null, null, null);

    /** Whether the answer is still to come. */
    public boolean isPending() {
        return report == null && failureCode == null;
    }
}
