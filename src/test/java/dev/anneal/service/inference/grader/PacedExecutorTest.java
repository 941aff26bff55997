package dev.anneal.service.inference.grader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When tasks begin. */
@Timeout(30)
class PacedExecutorTest {

    /** Tasks that wait for a thread. */
    private final Queue<Runnable> line = new ArrayDeque<>();

    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final List<Integer> begun = new ArrayList<>();
    private final PacedExecutor pace = new PacedExecutor(line::add, turns::add);

    @Test
    void tasksBeginInTheirOrderWithATurnBetween() {
        execute(1, 2, 3);
        for (int task = 1; task <= 3; task++) {
            assertThat(line).hasSize(1);
            line.remove().run();
            assertThat(begun).hasSize(task);
            assertThat(line).isEmpty();
            turns.remove().run();
        }
        assertThat(begun).containsExactly(1, 2, 3);
        assertThat(turns).isEmpty();
    }

    /** However long there is no thread. */
    @Test
    void theNextTurnIsCountedFromTheBeginning() {
        execute(1, 2);
        assertThat(turns).isEmpty();
        line.remove().run();
        assertThat(turns).hasSize(1);
    }

    @Test
    void afterAPauseATaskWaitsForNoTurn() {
        execute(1);
        line.remove().run();
        turns.remove().run();
        execute(2);
        assertThat(line).hasSize(1);
    }

    /** Three tasks at a pace of 10 a second. */
    @Test
    void aTurnTakesItsTime() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(3);
        Executor tenASecond = PacedExecutor.of(Runnable::run, 10);
        long start = System.nanoTime();
        for (int task = 0; task < 3; task++) {
            tenASecond.execute(all::countDown);
        }
        all.await();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    private void execute(int... tasks) {
        for (int task : tasks) {
            pace.execute(() -> begun.add(task));
        }
    }
}
