package dev.anneal.service.grader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When tasks begin. */
@Timeout(30)
class PaceTest {

    private static final long BETWEEN = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<Long> begun = new CopyOnWriteArrayList<>();

    /** Four tasks at a pace of 10 a second, on threads that are busy at first: 300 ms, and 200 if the first one is slow to say that it has begun. */
    @ParameterizedTest
    @ValueSource(longs = {0, 600})
    void tasksBeginEvenlyAndNeverInABunch(long busyMillis) throws InterruptedException {
        CountDownLatch all = new CountDownLatch(4);
        try (SharedThreads threads = new SharedThreads(2, "two")) {
            threads.line().execute(() -> sleep(busyMillis));
            threads.line().execute(() -> sleep(busyMillis));
            Executor pace = Pace.of(threads.line(), 10);
            for (int task = 0; task < 4; task++) {
                pace.execute(() -> {
                    begun.add(System.nanoTime());
                    all.countDown();
                });
            }
            all.await();
        }
        assertThat(begun.get(3) - begun.get(0)).isGreaterThan(2 * BETWEEN);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
