package dev.anneal.service.inference.http;

import dev.anneal.service.platform.schedule.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.input.ProxyInputStream;

/**
 * The answer of another process. A read fails after a long silence, because a dead machine does not close its
 * connections.
 */
final class ForwardedStream extends ProxyInputStream {

    private static final ScheduledExecutorService WATCH =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("hop-watch"));

    private final Future<?> watching;
    private final long silenceNanos;
    private volatile long lastReadNanos = System.nanoTime();

    /**
     * @param silence time limit for a read
     */
    ForwardedStream(InputStream source, Duration silence) {
        super(source);
        this.silenceNanos = silence.toNanos();
        this.watching = WATCH.scheduleWithFixedDelay(
                this::closeIfSilent, silenceNanos / 4, silenceNanos / 4, TimeUnit.NANOSECONDS);
    }

    private void closeIfSilent() {
        if (System.nanoTime() - lastReadNanos > silenceNanos) {
            try {
                in.close();
            } catch (IOException e) {
                lastReadNanos = System.nanoTime();
            }
        }
    }

    @Override
    protected void afterRead(int count) {
        lastReadNanos = System.nanoTime();
    }

    @Override
    public void close() throws IOException {
        watching.cancel(false);
        in.close();
    }
}
