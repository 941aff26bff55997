package dev.anneal.service.files.check;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.service.platform.refusal.RefusalCode;
import org.jspecify.annotations.Nullable;

/**
 * State of a count: pending, a report, or a failure.
 *
 * @param failureCode an error code of the API, for example {@code dataset_invalid}
 */
public record TokenCount(
        @Nullable TokenReport report,
        @Nullable String failureCode,
        @Nullable String failureMessage) {

    static final TokenCount PENDING = new TokenCount(null, null, null);

    /** Code of a failure caused by neither the file nor the model. */
    static final String SERVICE_FAULT = "internal_error";

    /**
     * Code of a count in which rendering a row stalled in every attempt. It may succeed later or on another machine.
     */
    static final String STALLED = RefusalCode.RENDERING_STALLED.wireName();

    /** Whether there is no result yet. */
    public boolean isPending() {
        return report == null && failureCode == null;
    }

    /** Whether the service failed, so that a new request may succeed. */
    public boolean isServiceFault() {
        return SERVICE_FAULT.equals(failureCode);
    }

    /** Whether rendering a row stalled; the message names the row. */
    public boolean isStalled() {
        return STALLED.equals(failureCode);
    }
}
