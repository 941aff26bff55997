package dev.anneal.faults;

import java.time.Duration;

/** Waits for what other processes do. */
final class Patience {

    private static final long POLL_MILLIS = 100;

    private Patience() {}

    /** A condition that may fail as long as a fault lasts. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** @throws IllegalStateException if it does not hold in time */
    static void until(String what, Duration limit, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (InterruptedException ended) {
                throw ended;
            } catch (Exception notYet) {
                last = notYet;
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new IllegalStateException("not within " + limit + ": " + what, last);
    }
}
