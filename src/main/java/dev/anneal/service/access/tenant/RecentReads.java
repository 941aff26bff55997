package dev.anneal.service.access.tenant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Cache of keys, the hashes of all keys, and projects for a second, so that a client that sends many requests costs one
 * look-up a second, however many it sends at once. Changes by other processes are seen after that time, those of this
 * process at once.
 */
@Component
final class RecentReads {

    static final Duration FRESH = Duration.ofSeconds(1);

    /** How long a valid key is remembered. */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    /** Far more than the keys in use at a time. */
    private static final int MOST = 10_000;

    /** The only key of the cache of hashes. */
    private static final String ALL = "all";

    private final Ticker ticker;
    private final Lock readingIssued = new ReentrantLock();
    private final Cache<String, Boolean> good;
    private volatile Generation current;

    RecentReads() {
        this(Ticker.systemTicker());
    }

    /**
     * @param ticker monotonic, because a wall clock that is set back would prolong revoked keys
     */
    RecentReads(Ticker ticker) {
        this.ticker = ticker;
        good = cache(ticker, REMEMBERED);
        current = Generation.of(ticker);
    }

    /** Reads since the last change. A read that began before it goes to an unused generation. */
    private record Generation(
            SharedReads<EnteredKey> keys, SharedReads<Boolean> archived, Cache<String, Set<String>> issued) {

        static Generation of(Ticker ticker) {
            return new Generation(
                    new SharedReads<>(cache(ticker, FRESH)),
                    new SharedReads<>(cache(ticker, FRESH)),
                    cache(ticker, FRESH));
        }
    }

    private static <T> Cache<String, T> cache(Ticker ticker, Duration kept) {
        return Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterWrite(kept)
                .maximumSize(MOST)
                .build();
    }

    /** The key with this hash. Missing keys are not cached. */
    Optional<EnteredKey> key(String hash, Supplier<Optional<EnteredKey>> read) {
        Optional<EnteredKey> found = current.keys().get(hash, read);
        found.ifPresentOrElse(key -> good.put(hash, true), () -> good.invalidate(hash));
        return found;
    }

    /** Whether the key with this hash was recently valid. */
    boolean knows(String hash) {
        return good.getIfPresent(hash) != null;
    }

    /**
     * Whether {@code hash} is among those of all issued keys. While one request reads them, others are not kept
     * waiting: each key may be an issued one.
     *
     * @param read the hashes of all issued keys
     */
    boolean mayBeIssued(String hash, Supplier<Set<String>> read) {
        Cache<String, Set<String>> issued = current.issued();
        Set<String> hashes = issued.getIfPresent(ALL);
        if (hashes == null && readingIssued.tryLock()) {
            try {
                hashes = read.get();
                issued.put(ALL, hashes);
            } finally {
                readingIssued.unlock();
            }
        }
        return hashes == null || hashes.contains(hash);
    }

    boolean isArchived(Tenant tenant, Supplier<Boolean> read) {
        return current.archived()
                .get(tenant.id(), () -> Optional.of(read.get()))
                .orElseThrow();
    }

    /** Clears the cache. */
    void forget() {
        current = Generation.of(ticker);
    }
}
