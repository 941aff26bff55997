package dev.anneal.service.inference;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Places for answers that are generated or wait to be. Those who wait for places stand in line, and whoever has no patience gets none before them. */
final class Places {

    private final int all;
    private final Semaphore free;

    Places(int all) {
        this.all = all;
        this.free = new Semaphore(all, true);
    }

    /**
     * @param patience how long to wait in line; zero for not at all
     * @return whether so many places were free in that time
     */
    boolean take(int answers, Duration patience) {
        try {
            // Unlike tryAcquire(answers), this does not pass those who wait.
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
