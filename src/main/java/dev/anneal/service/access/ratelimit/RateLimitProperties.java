package dev.anneal.service.access.ratelimit;

import jakarta.validation.constraints.PositiveOrZero;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Limits on requests to the API. Each process counts its own.
 *
 * @param requestsPerMinute how many requests one tenant, or all administrators together, may send per minute, also in
 *     one burst; 0 is no limit
 * @param failedAuthenticationsPerMinute how many requests without a valid key or token one address (with IPv6, one
 *     network of 64 bits) may send per minute before they are refused with 429; 0 is no limit
 * @param allFailedAuthenticationsPerMinute how many requests without a valid key or token all addresses together may
 *     send per minute before they are refused with 429; 0 is no limit
 */
@Validated
@ConfigurationProperties("anneal.rate-limits")
record RateLimitProperties(
        @DefaultValue("6000") @PositiveOrZero long requestsPerMinute,
        @DefaultValue("60") @PositiveOrZero long failedAuthenticationsPerMinute,
        @DefaultValue("600") @PositiveOrZero long allFailedAuthenticationsPerMinute) {}
