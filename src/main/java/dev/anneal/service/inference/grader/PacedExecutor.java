package dev.anneal.service.inference.grader;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts tasks in order, evenly, up to a number per second. A waiting task occupies no thread. */
final class PacedExecutor implements Executor {

    private final Executor line;
    private final Executor nextTurn;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean isTurnTaken;

    /**
     * @param nextTurn runs a task at the next turn
     */
    PacedExecutor(Executor line, Executor nextTurn) {
        this.line = line;
        this.nextTurn = nextTurn;
    }

    /**
     * @param perSecond maximum number of tasks per second; null for no limit
     */
    static Executor of(Executor line, @Nullable Integer perSecond) {
        return perSecond == null ? line : new PacedExecutor(line, inNanos(TimeUnit.SECONDS.toNanos(1) / perSecond));
    }

    private static Executor inNanos(long delay) {
        return CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS, Runnable::run);
    }

    @Override
    public synchronized void execute(Runnable task) {
        waiting.add(task);
        if (!isTurnTaken) {
            isTurnTaken = true;
            line.execute(this::begin);
        }
    }

    /** Counts the next turn from now, so that tasks that waited for a thread do not start in a burst. */
    private void begin() {
        Runnable task = take();
        nextTurn.execute(this::next);
        task.run();
    }

    private synchronized Runnable take() {
        return waiting.remove();
    }

    private synchronized void next() {
        isTurnTaken = !waiting.isEmpty();
        if (isTurnTaken) {
            line.execute(this::begin);
        }
    }
}
