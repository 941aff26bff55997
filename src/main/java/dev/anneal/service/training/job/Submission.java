package dev.anneal.service.training.job;

import org.jspecify.annotations.Nullable;

/**
 * How a request for a job arrived, which decides whether it repeats an earlier one. After a lost answer the SDKs send a request again without a key,
 * marked only by their count of retries.
 *
 * @param idempotencyKey the client's own name for the request, or null
 * @param isRetry whether the client says that it sends the request again
 * @param bodyDigest digest of the body's content
 * @param traceparent W3C trace context of the request, or null
 */
public record Submission(
        @Nullable String idempotencyKey,
        boolean isRetry,
        String bodyDigest,
        @Nullable String traceparent) {}
