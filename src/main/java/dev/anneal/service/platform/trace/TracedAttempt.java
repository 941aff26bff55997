package dev.anneal.service.platform.trace;

import org.jspecify.annotations.Nullable;

/**
 * An attempt of a worker.
 *
 * @param number number of the attempt, from 1
 * @param traceparent W3C trace context of the request that asked for the work, or null
 */
public record TracedAttempt(
        String worker,
        String tenant,
        String kind,
        String method,
        long number,
        @Nullable String traceparent) {}
