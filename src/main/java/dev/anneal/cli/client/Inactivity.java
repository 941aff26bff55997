package dev.anneal.cli.client;

import java.time.Duration;

/** How long nothing has moved between the command and the service, in either direction, and how long that may last. */
final class Inactivity {

    private final Duration limit;
    private volatile long since = System.nanoTime();

    Inactivity(Duration limit) {
        this.limit = limit;
    }

    /** Something has moved. */
    void end() {
        since = System.nanoTime();
    }

    /** How much longer it may last; zero or less once it is too long. */
    long remainingNanos() {
        return limit.toNanos() - (System.nanoTime() - since);
    }

    String reason() {
        return "nothing has moved for " + limit.toSeconds() + " s";
    }
}
