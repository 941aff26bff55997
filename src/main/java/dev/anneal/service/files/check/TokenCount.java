package dev.anneal.service.files.check;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.service.platform.refusal.RefusalCode;
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

    /** Code of a failure that neither the file nor the model has caused. */
    static final String SERVICE_FAULT = "internal_error";

    /** Code of a count in which rendering a row stalled at every attempt. Later, or on another machine, it may not. */
    static final String STALLED = RefusalCode.RENDERING_STALLED.wireName();

    /** Whether the answer is still to come. */
    public boolean isPending() {
        return report == null && failureCode == null;
    }

    /** Whether the service could not count; asked again, it may. */
    public boolean isServiceFault() {
        return SERVICE_FAULT.equals(failureCode);
    }

    /** Whether rendering a row stalled; the message names the row. */
    public boolean isStalled() {
        return STALLED.equals(failureCode);
    }
}
