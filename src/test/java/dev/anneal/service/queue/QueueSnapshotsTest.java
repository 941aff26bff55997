package dev.anneal.service.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** #19: a look at a queue of 200,000 items takes 0.1 s, and each read of a job took one. */
class QueueSnapshotsTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final AtomicInteger reads = new AtomicInteger();
    private final Queue<Runnable> background = new ArrayDeque<>();
    private Duration duration = Duration.ofMillis(100);
    private boolean isAway;

    private final QueueSnapshots<Integer> snapshots = new QueueSnapshots<>(this::read, nanos::get, background::add);

    private int read() {
        if (isAway) {
            throw new IllegalStateException("away");
        }
        advance(duration);
        return reads.incrementAndGet();
    }

    private void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void shortQueueIsReadForEveryRequest() {
        duration = Duration.ofMillis(9);

        assertThat(snapshots.get()).isEqualTo(new QueueSnapshots.Shown<>(1, true));
        assertThat(snapshots.get()).isEqualTo(new QueueSnapshots.Shown<>(2, true));
    }

    @Test
    void longQueueIsReadOnceForTwentyTimesAsLong() {
        assertThat(snapshots.get()).isEqualTo(new QueueSnapshots.Shown<>(1, true));
        advance(Duration.ofMillis(1899));

        assertThat(snapshots.get()).isEqualTo(new QueueSnapshots.Shown<>(1, false));
        assertThat(background).isEmpty();
    }

    @Test
    void snapshotIsReplacedInTheBackgroundByOneReadAtATime() {
        snapshots.get();
        advance(Duration.ofSeconds(2));

        assertThat(snapshots.get()).isEqualTo(new QueueSnapshots.Shown<>(1, false));
        assertThat(snapshots.get()).isEqualTo(new QueueSnapshots.Shown<>(1, false));
        assertThat(background).hasSize(1);
        background.remove().run();

        assertThat(snapshots.get()).isEqualTo(new QueueSnapshots.Shown<>(2, false));
        assertThat(background).isEmpty();
    }

    @Test
    void snapshotOfLongAgoIsNotShown() {
        snapshots.get();
        advance(Duration.ofSeconds(30));

        assertThat(snapshots.get()).isEqualTo(new QueueSnapshots.Shown<>(2, true));
    }

    @Test
    void snapshotIsReplacedAfterAReadThatFailed() {
        snapshots.get();
        advance(Duration.ofSeconds(2));
        snapshots.get();
        isAway = true;
        background.remove().run();
        isAway = false;

        assertThat(snapshots.get().queue()).isEqualTo(1);
        background.remove().run();
        assertThat(snapshots.get().queue()).isEqualTo(2);
    }

    @Test
    void requestsThatWaitForTheSameReadShareIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        QueueSnapshots<Integer> slow = new QueueSnapshots<>(
                () -> {
                    begun.countDown();
                    awaitQuietly(end);
                    return reads.incrementAndGet();
                },
                System::nanoTime,
                background::add);
        CompletableFuture<QueueSnapshots.Shown<Integer>> first = CompletableFuture.supplyAsync(slow::get);
        begun.await();
        CompletableFuture<QueueSnapshots.Shown<Integer>> second = CompletableFuture.supplyAsync(slow::get);
        CompletableFuture<QueueSnapshots.Shown<Integer>> third = CompletableFuture.supplyAsync(slow::get);
        Thread.sleep(100);
        end.countDown();

        assertThat(first.get().queue()).isEqualTo(1);
        assertThat(second.get().queue()).isEqualTo(2);
        assertThat(third.get().queue()).isEqualTo(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
