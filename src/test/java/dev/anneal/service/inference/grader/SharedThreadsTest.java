package dev.anneal.service.inference.grader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose turn it is. */
@Timeout(30)
class SharedThreadsTest {

    @Test
    void questionsTakeTurns() throws InterruptedException {
        List<String> begun = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(5);
        CountDownLatch start = new CountDownLatch(1);
        try (SharedThreads threads = new SharedThreads(1, "one")) {
            threads.line().execute(() -> awaited(start));
            Executor big = threads.line();
            Executor small = threads.line();
            for (String task : List.of("big 1", "big 2", "big 3")) {
                big.execute(() -> begin(task, begun, all));
            }
            for (String task : List.of("small 1", "small 2")) {
                small.execute(() -> begin(task, begun, all));
            }
            start.countDown();
            all.await();
        }
        assertThat(begun).containsExactly("big 1", "small 1", "big 2", "small 2", "big 3");
    }

    private static void begin(String task, List<String> begun, CountDownLatch all) {
        begun.add(task);
        all.countDown();
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
