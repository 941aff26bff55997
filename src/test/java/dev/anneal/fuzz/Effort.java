package dev.anneal.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What reading one input cost.
 *
 * @param bytes that the thread allocated on the heap, freed or not
 * @param time by the clock
 */
record Effort(long bytes, Duration time) {

    private static final long BYTES_PER_INPUT_BYTE = 1_000;

    /**
     * A quarter of a second is usual for what is refused for its length; fuzzing slows code down ten times and more.
     */
    private static final Duration TIME = Duration.ofSeconds(10);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** @param base bytes that any input may cost */
    static void bounded(byte[] input, long base, FuzzBody body) throws IOException {
        long limit = base + BYTES_PER_INPUT_BYTE * input.length;
        if (!of(input, body).isAbove(limit)) {
            return;
        }
        // The first time counts the loading of classes as well, and their instrumentation.
        Effort second = of(input, body);
        if (second.isAbove(limit)) {
            throw new AssertionError("%,d bytes of input took %s; at most %,d bytes and %s are expected"
                    .formatted(input.length, second, limit, TIME));
        }
    }

    private static Effort of(byte[] input, FuzzBody body) throws IOException {
        long started = System.nanoTime();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        body.read(input);
        return new Effort(
                THREADS.getCurrentThreadAllocatedBytes() - before, Duration.ofNanos(System.nanoTime() - started));
    }

    private boolean isAbove(long limit) {
        return bytes > limit || time.compareTo(TIME) > 0;
    }
}
