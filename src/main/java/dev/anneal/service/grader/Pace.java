package dev.anneal.service.grader;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lets tasks begin in their order and evenly, so many in a second at most. One that waits for its turn has no thread, nor a place in the line of one. */
final class Pace implements Executor {

    private final Executor line;
    private final Executor nextTurn;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean isTurnTaken;

    private Pace(Executor line, int perSecond) {
        this.line = line;
        this.nextTurn = CompletableFuture.delayedExecutor(
                TimeUnit.SECONDS.toNanos(1) / perSecond, TimeUnit.NANOSECONDS, Runnable::run);
    }

    /** @param perSecond null for no limit */
    static Executor of(Executor line, @Nullable Integer perSecond) {
        return perSecond == null ? line : new Pace(line, perSecond);
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
