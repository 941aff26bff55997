package dev.anneal.service.inference.grader;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How endpoints of clients are asked to grade, and how much clients may try.
 *
 * @param endpointConcurrency requests that this process has open at a time
 * @param endpointRetries how often a request is sent again that got no answer, or 408, 429 or 5xx
 * @param endpointSecret {@code whsec_} and base64; requests are signed with it as Standard Webhooks are. Null: they are not signed
 * @param endpointTimeout how long one request may take in all
 * @param runConcurrency graders that clients try at a time in this process, half of them one tenant's at most
 * @param runTimeout how long such a try may take in all
 */
@Validated
@ConfigurationProperties("anneal.graders")
record GraderProperties(
        @DefaultValue("16") @Min(1) @Max(1024) int endpointConcurrency,
        @DefaultValue("3") @Min(0) @Max(10) int endpointRetries,
        @Nullable String endpointSecret,
        @DefaultValue("30s") Duration endpointTimeout,
        @DefaultValue("8") @Min(1) @Max(64) int runConcurrency,
        @DefaultValue("2m") Duration runTimeout) {

    /** Without the secret. */
    @Override
    public String toString() {
        return "GraderProperties[endpointConcurrency=" + endpointConcurrency
                + ", endpointRetries=" + endpointRetries + ", endpointTimeout=" + endpointTimeout
                + ", runConcurrency=" + runConcurrency + ", runTimeout=" + runTimeout + "]";
    }
}
