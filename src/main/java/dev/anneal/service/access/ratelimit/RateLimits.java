package dev.anneal.service.access.ratelimit;

import java.util.Optional;
import org.springframework.stereotype.Component;

/** The limits of this process. Each process of an installation counts for itself. */
@Component
public final class RateLimits {

    private final Optional<RateLimit> requests;
    private final Optional<RateLimit> failedAuthentications;
    private final Optional<RateLimit> allFailedAuthentications;

    RateLimits(RateLimitProperties properties) {
        requests = limit(properties.requestsPerMinute());
        failedAuthentications = limit(properties.failedAuthenticationsPerMinute());
        allFailedAuthentications = limit(properties.allFailedAuthenticationsPerMinute());
    }

    private static Optional<RateLimit> limit(long perMinute) {
        return perMinute == 0 ? Optional.empty() : Optional.of(new RateLimit(perMinute));
    }

    /** Limit on requests, by tenant. */
    public Optional<RateLimit> requests() {
        return requests;
    }

    /** Limit on failed authentications, by client address. */
    public Optional<RateLimit> failedAuthentications() {
        return failedAuthentications;
    }

    /** Limit on failed authentications of all clients together. */
    public Optional<RateLimit> allFailedAuthentications() {
        return allFailedAuthentications;
    }
}
