package dev.anneal.service.inference.grader;

import dev.anneal.protocol.GradingReply;
import dev.anneal.service.platform.outbound.OutboundResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Result of sending a request once.
 *
 * @param mayGoBetter whether a retry may get a score
 * @param retryAfter delay that the endpoint asks for; null if none
 */
record EndpointReply(
        GradingReply.Answer answer,
        boolean mayGoBetter,
        @Nullable Duration retryAfter) {

    /** Maximum number of bytes read of an answer. */
    static final int MAX_BYTES = 65_536;

    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;

    /**
     * Reads an endpoint's answer. Failures name only the status, because clients must not see answers of arbitrary
     * addresses.
     */
    static EndpointReply read(OutboundResponse response) throws IOException {
        int status = response.status();
        if (status >= 500 || status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS) {
            Duration asked = response.retryAfter().orElse(null);
            return EndpointReply.failedForNow("the endpoint answered with status " + status, asked);
        }
        if (status != 200) {
            return EndpointReply.failed("the endpoint answered with status " + status + " instead of 200");
        }
        byte[] body = response.body(MAX_BYTES);
        return body.length > MAX_BYTES
                ? EndpointReply.failed("the endpoint's answer has more than " + MAX_BYTES + " bytes")
                : score(body);
    }

    private static EndpointReply score(byte[] body) {
        try {
            JsonNode score = JsonMapper.shared().readTree(body).path("score");
            if (score.isNumber() && Double.isFinite(score.doubleValue())) {
                return EndpointReply.scored(score.doubleValue());
            }
        } catch (JacksonException e) {
            return EndpointReply.failed("the endpoint's answer is not JSON; {\"score\": 0.5} is one");
        }
        return EndpointReply.failed("the endpoint's answer has no number as 'score'; {\"score\": 0.5} has");
    }

    static EndpointReply scored(double score) {
        return new EndpointReply(GradingReply.Answer.ofEndpoint(score), false, null);
    }

    static EndpointReply failed(String failure) {
        return new EndpointReply(GradingReply.Answer.failed(failure), false, null);
    }

    static EndpointReply failedForNow(String failure, @Nullable Duration retryAfter) {
        return new EndpointReply(GradingReply.Answer.failed(failure), true, retryAfter);
    }
}
