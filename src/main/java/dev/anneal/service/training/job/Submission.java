package dev.anneal.service.training.job;

import org.jspecify.annotations.Nullable;

/**
 * Facts that decide whether a request for a job repeats an earlier one. After a lost response the SDKs resend a request
 * without a key, marked only by their retry count.
 *
 * @param idempotencyKey the client's key of the request, or null
 * @param isRetry whether the client marks the request as a retry
 * @param bodyDigest digest of the body's content
 * @param traceparent W3C trace context of the request, or null
 */
public record Submission(
        @Nullable String idempotencyKey,
        boolean isRetry,
        String bodyDigest,
        @Nullable String traceparent) {}
