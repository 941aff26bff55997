package dev.anneal.service.training.outlook;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cached value with a lifetime. It is refreshed by one caller at a time, while others get the previous value.
 * Thread-safe.
 */
final class Cached<T> {

    private final Supplier<T> source;
    private final Duration life;
    private final Clock clock;
    private final Lock looking = new ReentrantLock();
    private volatile @Nullable Snapshot<T> latest;

    Cached(Supplier<T> source, Duration life, Clock clock) {
        this.source = source;
        this.life = life;
        this.clock = clock;
    }

    /** A value and the time at which it was looked up. */
    private record Snapshot<V>(V value, Instant takenAt) {}

    T get() {
        Snapshot<T> known = latest;
        if (known == null) {
            looking.lock();
        } else if (isCurrent(known) || !looking.tryLock()) {
            return known.value();
        }
        try {
            return lookUnlessCurrent();
        } finally {
            looking.unlock();
        }
    }

    private T lookUnlessCurrent() {
        Snapshot<T> known = latest;
        if (known == null || !isCurrent(known)) {
            known = new Snapshot<>(source.get(), clock.instant());
            latest = known;
        }
        return known.value();
    }

    private boolean isCurrent(Snapshot<T> known) {
        return known.takenAt().plus(life).isAfter(clock.instant());
    }
}
