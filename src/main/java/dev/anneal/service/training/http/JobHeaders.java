package dev.anneal.service.training.http;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.trace.TraceParent;
import dev.anneal.service.training.job.Submission;
import org.springframework.web.context.request.WebRequest;

/** Headers of requests about jobs. */
final class JobHeaders {

    private static final int LONGEST_KEY = 255;
    private static final String EXTENDED_STATUS = "Anneal-Extended-Status";

    private JobHeaders() {}

    /** How a request for a new job arrived. */
    static Submission submission(WebRequest request, JsonBody body) {
        boolean isRetry = isRetry(request);
        return new Submission(
                request.getHeader("Idempotency-Key"),
                isRetry,
                body.digest(),
                TraceParent.ofRequest(request.getHeader("traceparent")));
    }

    /** Whether an OpenAI SDK sends the request again because it saw no answer; refuses an {@code Idempotency-Key} that cannot be kept. */
    static boolean isRetry(WebRequest request) {
        String key = request.getHeader("Idempotency-Key");
        if (key != null && (key.isBlank() || key.length() > LONGEST_KEY)) {
            throw Refusal.invalidValue(
                    "Idempotency-Key",
                    "the header 'Idempotency-Key' must have 1 to " + LONGEST_KEY + " characters but has "
                            + key.length());
        }
        String count = request.getHeader("X-Stainless-Retry-Count");
        return count != null && count.matches("0*[1-9][0-9]*");
    }

    /** Whether the client knows the status {@code paused}, which OpenAI's SDKs do not. */
    static boolean isExtended(WebRequest request) {
        String value = request.getHeader(EXTENDED_STATUS);
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw Refusal.invalidValue(
                    EXTENDED_STATUS,
                    "the header '" + EXTENDED_STATUS + "' must be true or false but is '" + value + "'");
        }
        return "true".equals(value);
    }
}
