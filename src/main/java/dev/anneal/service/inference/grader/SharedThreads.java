package dev.anneal.service.inference.grader;

import dev.anneal.service.platform.schedule.DaemonThreads;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A few threads for the tasks of many questions, which take turns, so that a question of one task does not wait for all
 * tasks of another.
 */
final class SharedThreads implements AutoCloseable {

    private final ExecutorService threads;

    /** Lines with waiting tasks, in the order of their turns. */
    private final Queue<Line> lines = new ArrayDeque<>();

    SharedThreads(int count, String name) {
        threads = Executors.newFixedThreadPool(count, DaemonThreads.named(name));
    }

    /** An executor for the tasks of one question, which start in order. */
    Executor line() {
        return new Line();
    }

    /** Waiting tasks of one question. */
    private final class Line implements Executor {

        private final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            synchronized (lines) {
                if (tasks.isEmpty()) {
                    lines.add(this);
                }
                tasks.add(task);
            }
            threads.execute(() -> next().run());
        }
    }

    private Runnable next() {
        synchronized (lines) {
            Line line = lines.remove();
            Runnable task = line.tasks.remove();
            if (!line.tasks.isEmpty()) {
                lines.add(line);
            }
            return task;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
