package dev.anneal.service.training.http;

import dev.anneal.service.platform.refusal.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.NativeWebRequest;

/**
 * What a request says about having been sent before.
 *
 * @param idempotencyKey the client's name for the request, or null
 * @param isRetry whether an OpenAI SDK sends it again because it saw no answer
 */
record RetryHeaders(@Nullable String idempotencyKey, boolean isRetry) {

    private static final int LONGEST_KEY = 255;

    static RetryHeaders of(NativeWebRequest request) {
        String key = request.getHeader("Idempotency-Key");
        if (key != null && (key.isBlank() || key.length() > LONGEST_KEY)) {
            throw Refusal.invalidValue(
                    "Idempotency-Key",
                    "the header 'Idempotency-Key' must have 1 to " + LONGEST_KEY + " characters but has "
                            + key.length());
        }
        String count = request.getHeader("X-Stainless-Retry-Count");
        return new RetryHeaders(key, count != null && count.matches("0*[1-9][0-9]*"));
    }
}
