package dev.anneal.faults;

import java.io.IOException;

/** Looks ten times a second how much memory a process has. */
final class MemoryWatch {

    private static final long POLL_MILLIS = 100;

    private final ApiProcess process;
    private final Thread thread = new Thread(this::watch, "memory-watch");
    private volatile long peak;

    MemoryWatch(ApiProcess process) {
        this.process = process;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                peak = Math.max(peak, process.residentBytes());
                Thread.sleep(POLL_MILLIS);
            }
        } catch (IOException ended) {
            // So there is nothing more to see.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends, and returns the most that it has seen. */
    long stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
        return peak;
    }
}
