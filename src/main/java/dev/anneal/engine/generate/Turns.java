package dev.anneal.engine.generate;

import java.util.concurrent.Semaphore;

/** Bounds how many threads decode at one time; others get their turn between two tokens, in the order in which they came. */
public final class Turns {

    private final Semaphore places;

    /** @param threads that decode at one time */
    public Turns(int threads) {
        this.places = new Semaphore(threads, true);
    }

    void begin() throws InterruptedException {
        places.acquire();
    }

    /** Lets others go first if there are any. */
    void next() {
        if (places.hasQueuedThreads()) {
            places.release();
            places.acquireUninterruptibly();
        }
    }

    void end() {
        places.release();
    }
}
