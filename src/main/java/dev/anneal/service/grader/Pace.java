package dev.anneal.service.grader;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lets so many through in a second, evenly. Safe for use by several threads. */
final class Pace {

    private final long nanosBetween;
    private long next = System.nanoTime();

    /** @param perSecond null lets all through */
    Pace(@Nullable Integer perSecond) {
        nanosBetween = perSecond == null ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    void await() throws InterruptedException {
        long wait = take() - System.nanoTime();
        if (wait > 0) {
            TimeUnit.NANOSECONDS.sleep(wait);
        }
    }

    /** When the caller may go. */
    private synchronized long take() {
        long now = System.nanoTime();
        long turn = next - now > 0 ? next : now;
        next = turn + nanosBetween;
        return turn;
    }
}
