package dev.anneal.service.access.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;

/**
 * A limit for each of many callers: a bucket of tokens that fills evenly over a minute, of which each call takes one.
 */
public final class RateLimit {

    private static final Duration PERIOD = Duration.ofMinutes(1);

    /** Far more than an installation has; a dropped caller starts again with a full bucket. */
    private static final int MOST_CALLERS = 100_000;

    private final Bandwidth bandwidth;

    /** A bucket unused for a period is full again, so dropping it changes nothing. */
    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .expireAfterAccess(PERIOD)
            .maximumSize(MOST_CALLERS)
            .build();

    RateLimit(long callsPerMinute) {
        bandwidth = Bandwidth.builder()
                .capacity(callsPerMinute)
                .refillGreedy(callsPerMinute, PERIOD)
                .build();
    }

    /** Takes a token of the caller, if it has one. */
    public Allowance take(String caller) {
        Bucket bucket = buckets.get(
                caller, unknown -> Bucket.builder().addLimit(bandwidth).build());
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        return new Allowance(
                probe.isConsumed(),
                bandwidth.getCapacity(),
                probe.getRemainingTokens(),
                Duration.ofNanos(probe.getNanosToWaitForReset()),
                Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    /** Whether the caller has a token left. */
    public boolean hasSome(String caller) {
        Bucket bucket = buckets.getIfPresent(caller);
        return bucket == null || bucket.getAvailableTokens() > 0;
    }

    /**
     * Result of a call.
     *
     * @param isGranted whether there was a token
     * @param limit tokens of a full bucket
     * @param remaining tokens left
     * @param untilFull until the bucket is full again, if no call comes
     * @param untilNext until there is a token; zero if this call was granted
     */
    public record Allowance(boolean isGranted, long limit, long remaining, Duration untilFull, Duration untilNext) {}
}
