package dev.anneal.service.inference;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the number of answers being generated or waiting. Waiting requests get slots in order; a request that does not wait never
 * overtakes them.
 */
final class AnswerSlots {

    private final int all;
    private final Semaphore free;

    AnswerSlots(int all) {
        this.all = all;
        this.free = new Semaphore(all, true);
    }

    /**
     * @param patience how long to wait in line; zero not to wait
     * @return whether enough slots became free in that time
     */
    boolean take(int answers, Duration patience) {
        try {
            // Unlike tryAcquire(answers), this does not overtake waiting threads.
            return free.tryAcquire(answers, patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(RefusalCode.SERVICE_UNAVAILABLE, "The service stops. Try again.");
        }
    }

    void release(int answers) {
        free.release(answers);
    }

    int taken() {
        return all - free.availablePermits();
    }
}
