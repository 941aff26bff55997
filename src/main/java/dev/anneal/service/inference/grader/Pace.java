package dev.anneal.service.inference.grader;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts tasks in their order and evenly, up to a number per second. A task that waits for its turn holds no thread. */
final class Pace implements Executor {

    private final Executor line;
    private final Executor nextTurn;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean isTurnTaken;

    /** @param nextTurn runs what it is given when the next turn comes */
    Pace(Executor line, Executor nextTurn) {
        this.line = line;
        this.nextTurn = nextTurn;
    }

    /** @param perSecond null for no limit */
    static Executor of(Executor line, @Nullable Integer perSecond) {
        return perSecond == null ? line : new Pace(line, inNanos(TimeUnit.SECONDS.toNanos(1) / perSecond));
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

    /** The next turn is counted from here, so that tasks do not come in a bunch for which there was no thread. */
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
