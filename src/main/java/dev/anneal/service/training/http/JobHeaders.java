package dev.anneal.service.training.http;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.trace.TraceParent;
import dev.anneal.service.training.job.Submission;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.WebRequest;

/**
 * The headers of a request about a job.
 *
 * @param isRetry whether an OpenAI SDK resends the request because it received no response
 * @param isExtended whether the client knows the status {@code paused}, which OpenAI's SDKs do not
 */
record JobHeaders(
        @Nullable String idempotencyKey,
        boolean isRetry,
        boolean isExtended,
        @Nullable String traceparent) {

    private static final int LONGEST_KEY = 255;
    private static final String KEY = "Idempotency-Key";
    private static final String EXTENDED_STATUS = "Anneal-Extended-Status";

    /**
     * @throws Refusal if a header is invalid; call it before any change
     */
    static JobHeaders of(WebRequest request) {
        String key = request.getHeader(KEY);
        if (key != null && (key.isBlank() || key.length() > LONGEST_KEY)) {
            throw Refusal.invalidValue(
                    KEY,
                    "the header '" + KEY + "' must have 1 to " + LONGEST_KEY + " characters but has " + key.length());
        }
        String extended = request.getHeader(EXTENDED_STATUS);
        if (extended != null && !extended.equals("true") && !extended.equals("false")) {
            throw Refusal.invalidValue(
                    EXTENDED_STATUS,
                    "the header '" + EXTENDED_STATUS + "' must be true or false but is '" + extended + "'");
        }
        String retries = request.getHeader("X-Stainless-Retry-Count");
        return new JobHeaders(
                key,
                retries != null && retries.matches("0*[1-9][0-9]*"),
                "true".equals(extended),
                request.getHeader("traceparent"));
    }

    /** The submission of a new job. */
    Submission submission(JsonBody body) {
        return new Submission(idempotencyKey, isRetry, body.digest(), TraceParent.ofRequest(traceparent));
    }
}
