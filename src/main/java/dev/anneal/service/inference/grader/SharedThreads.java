package dev.anneal.service.inference.grader;

import dev.anneal.service.platform.schedule.DaemonThreads;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A few threads for the tasks of many questions, which take turns, so that a question of one task does not wait for all tasks of another. */
final class SharedThreads implements AutoCloseable {

    private final ExecutorService threads;

    /** Those that have tasks waiting, in the order of their turns. */
    private final Queue<Line> lines = new ArrayDeque<>();

    SharedThreads(int count, String name) {
        threads = Executors.newFixedThreadPool(count, DaemonThreads.named(name));
    }

    /** For the tasks of one question, which begin in their order. */
    Executor line() {
        return new Line();
    }

    /** Tasks of one question that wait for a thread. */
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
