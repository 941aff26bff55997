package dev.anneal.cli.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The body of an answer. A connection that breaks while it is read, or is silent for too long, throws the client's own
 * exception.
 */
final class AnswerStream extends FilterInputStream {

    private final Inactivity silence;
    private final Function<String, ApiException> lost;
    private volatile boolean isReading;
    private volatile boolean isClosed;
    private volatile boolean isTooSilent;

    /** @param lost what to throw, of the reason */
    AnswerStream(InputStream in, Inactivity silence, Function<String, ApiException> lost) {
        super(in);
        this.silence = silence;
        this.lost = lost;
        watch();
    }

    /** Closing the stream ends a read that waits; a reader that is busy elsewhere is not the service's silence. */
    private void watch() {
        if (isReading && silence.remainingNanos() <= 0) {
            isTooSilent = true;
            close();
        }
        if (!isClosed) {
            long nanos = Math.max(TimeUnit.MILLISECONDS.toNanos(50), silence.remainingNanos());
            CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(this::watch);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        silence.end();
        isReading = true;
        try {
            return super.read(buffer, offset, length);
        } catch (IOException broken) {
            throw lost.apply(isTooSilent ? silence.reason() : reason(broken));
        } finally {
            isReading = false;
        }
    }

    private static String reason(IOException broken) {
        return broken.getMessage() == null ? broken.getClass().getSimpleName() : broken.getMessage();
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            super.close();
        } catch (IOException closed) {
            // Nothing is read from it any more.
        }
    }
}
