package dev.anneal.service.inference.grader;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Requests to endpoint graders, and limits on {@code graders/run}.
 *
 * @param endpointConcurrency maximum number of concurrent requests of this process to endpoint graders
 * @param endpointRetries how often a request is retried after no answer, 408, 429 or 5xx
 * @param endpointSecret {@code whsec_} and base64; from it the secret of each tenant is derived, which signs requests
 *     according to Standard Webhooks. Several sign each request as many times, for a rotation; without any, requests
 *     are not signed
 * @param endpointTimeout total time limit for one request
 * @param runConcurrency how many graders this process runs at a time for {@code graders/run}, at most half of them for
 *     one tenant
 * @param runTimeout total time limit for such a run
 */
@Validated
@ConfigurationProperties("anneal.graders")
record GraderProperties(
        @DefaultValue("16") @Min(1) @Max(1024) int endpointConcurrency,
        @DefaultValue("3") @Min(0) @Max(10) int endpointRetries,
        @DefaultValue List<String> endpointSecret,
        @DefaultValue("30s") Duration endpointTimeout,
        @DefaultValue("8") @Min(1) @Max(64) int runConcurrency,
        @DefaultValue("2m") Duration runTimeout) {

    GraderProperties {
        endpointSecret = List.copyOf(endpointSecret);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "GraderProperties[endpointConcurrency=" + endpointConcurrency
                + ", endpointRetries=" + endpointRetries + ", endpointTimeout=" + endpointTimeout
                + ", runConcurrency=" + runConcurrency + ", runTimeout=" + runTimeout + "]";
    }
}
