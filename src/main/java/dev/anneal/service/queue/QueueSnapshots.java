package dev.anneal.service.queue;

import dev.anneal.service.platform.schedule.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots of the queue, one read at a time. A queue that is read quickly is read for every request; requests that
 * wait for the same read share it. A snapshot of a long queue is used for twenty times as long as its read took, and is
 * then replaced in the background.
 *
 * @param <T> what is read of the queue
 */
final class QueueSnapshots<T> {

    private static final Logger LOG = LoggerFactory.getLogger(QueueSnapshots.class);

    /** A queue that is read faster is never shown as it was. */
    private static final long QUICK = Duration.ofMillis(10).toNanos();

    /** Reads take at most this fraction of the time. */
    private static final int SHARE = 20;

    /** Older snapshots are not used, even until the next one is there. */
    private static final long OLDEST = Duration.ofSeconds(30).toNanos();

    private final Supplier<T> source;
    private final LongSupplier nanoTime;
    private final Executor background;
    private final AtomicBoolean isReplacing = new AtomicBoolean();
    private volatile @Nullable Taken<T> latest;

    QueueSnapshots(Supplier<T> source) {
        this(source, System::nanoTime, oneThread());
    }

    QueueSnapshots(Supplier<T> source, LongSupplier nanoTime, Executor background) {
        this.source = source;
        this.nanoTime = nanoTime;
        this.background = background;
    }

    /** A thread that ends when idle. */
    private static Executor oneThread() {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(
                1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), DaemonThreads.named("queue-snapshot"));
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    /**
     * A snapshot and when it was read.
     *
     * @param isFresh whether it was read after it was asked for
     */
    record Shown<T>(T queue, boolean isFresh) {}

    /**
     * A snapshot and the time of its read.
     *
     * @param begun in nanoseconds of the clock
     * @param took nanoseconds
     */
    private record Taken<T>(T queue, long begun, long took) {

        boolean isUsable(long now) {
            return took >= QUICK && now - begun < OLDEST;
        }

        boolean isDue(long now) {
            return now - begun >= SHARE * took;
        }
    }

    Shown<T> get() {
        long now = nanoTime.getAsLong();
        Taken<T> known = latest;
        if (known == null || !known.isUsable(now)) {
            return new Shown<>(readAfter(now), true);
        }
        if (known.isDue(now) && isReplacing.compareAndSet(false, true)) {
            background.execute(this::replace);
        }
        return new Shown<>(known.queue(), false);
    }

    private synchronized T readAfter(long time) {
        Taken<T> known = latest;
        return known != null && known.begun() - time >= 0 ? known.queue() : read();
    }

    private synchronized T read() {
        long begun = nanoTime.getAsLong();
        T queue = source.get();
        latest = new Taken<>(queue, begun, nanoTime.getAsLong() - begun);
        return queue;
    }

    private void replace() {
        try {
            read();
        } catch (RuntimeException failure) {
            LOG.warn(
                    "The queue could not be read; positions are those of the last read for now: {}",
                    failure.toString());
        } finally {
            isReplacing.set(false);
        }
    }
}
