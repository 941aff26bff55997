package dev.anneal.service.inference.grader;

import dev.anneal.engine.grade.EndpointClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came of sending a request once.
 *
 * @param mayGoBetter whether the same request may get a score later
 * @param retryAfter what the endpoint asks to wait before that; null if it does not say
 */
record Attempt(
        EndpointClient.Reply reply,
        boolean mayGoBetter,
        @Nullable Duration retryAfter) {

    static Attempt scored(double score) {
        return new Attempt(EndpointClient.Reply.of(score), false, null);
    }

    static Attempt failed(String failure) {
        return new Attempt(EndpointClient.Reply.failed(failure), false, null);
    }

    static Attempt failedForNow(String failure, @Nullable Duration retryAfter) {
        return new Attempt(EndpointClient.Reply.failed(failure), true, retryAfter);
    }
}
