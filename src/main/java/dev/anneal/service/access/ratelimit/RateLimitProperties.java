package dev.anneal.service.access.ratelimit;

import jakarta.validation.constraints.PositiveOrZero;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Requests to the API, counted in this process.
 *
 * @param requestsPerMinute of one tenant, as many of them at once as there are left; 0 is no limit
 * @param failedAuthenticationsPerMinute requests of one address without a valid key or token, after which they are refused with 429; 0 is no limit
 */
@Validated
@ConfigurationProperties("anneal.rate-limits")
record RateLimitProperties(
        @DefaultValue("6000") @PositiveOrZero long requestsPerMinute,
        @DefaultValue("60") @PositiveOrZero long failedAuthenticationsPerMinute) {}
