package dev.anneal.engine.network.generate;

import java.util.concurrent.Semaphore;

/** Lets one decoder compute at a time; others take turns between two tokens, first come, first served. */
public final class Turns {

    private final int threads;
    private final Semaphore place = new Semaphore(1, true);

    /**
     * @param threads number of threads that share the operators of the active decoder
     */
    public Turns(int threads) {
        this.threads = threads;
    }

    int threads() {
        return threads;
    }

    void begin() throws InterruptedException {
        place.acquire();
    }

    /** Lets waiting decoders go first. */
    void next() {
        if (place.hasQueuedThreads()) {
            place.release();
            place.acquireUninterruptibly();
        }
    }

    void end() {
        place.release();
    }
}
