package dev.anneal.engine.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Platform threads that share a list of independent pieces of work, one piece on one thread. Results are handed over in the order of the
 * pieces, whichever finishes first, so that sums have the same bits for any number of threads.
 */
final class ComputeThreads implements AutoCloseable {

    private final ExecutorService executor;
    private final int threads;

    ComputeThreads(int threads) {
        AtomicInteger number = new AtomicInteger();
        this.threads = threads;
        this.executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "compute-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Works on pieces 0 to {@code count - 1} and returns when all are handed over. The first failure ends the call; pieces that have not begun are left
     * out.
     */
    void run(int count, Work work) {
        Turns turns = new Turns();
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < Math.min(threads, count); thread++) {
            int worker = thread;
            running.add(executor.submit(() -> {
                try {
                    for (int piece = next.getAndIncrement(); piece < count; piece = next.getAndIncrement()) {
                        work.compute(worker, piece);
                        if (!turns.await(piece)) {
                            return;
                        }
                        work.handOver(worker, piece);
                        turns.done();
                    }
                } catch (RuntimeException | Error e) {
                    next.set(count);
                    turns.fail();
                    throw e;
                }
            }));
        }
        awaitAll(running);
    }

    /** Waits for every thread, also after a failure: none may still be computing when the caller frees its tensors. */
    private static void awaitAll(List<Future<?>> running) {
        boolean interrupted = false;
        List<ExecutionException> failures = new ArrayList<>();
        for (Future<?> future : running) {
            boolean waiting = true;
            while (waiting) {
                try {
                    future.get();
                    waiting = false;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    failures.add(e);
                    waiting = false;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!failures.isEmpty()) {
            rethrow(failures.get(0));
        }
    }

    private static void rethrow(ExecutionException failure) {
        if (failure.getCause() instanceof RuntimeException known) {
            throw known;
        }
        if (failure.getCause() instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException(failure);
    }

    @Override
    public void close() {
        executor.shutdown();
    }

    /** Work that falls into pieces. */
    interface Work {
        /** Computes a piece; {@code worker} tells threads of one call apart, from 0. */
        void compute(int worker, int piece);

        /** Takes the piece's result; called in the order of the pieces, never by two threads at once. */
        void handOver(int worker, int piece);
    }

    /** Lets pieces pass in their order. */
    private static final class Turns {
        private int turn;
        private boolean failed;

        /** Whether the piece may pass; false if another failed. */
        synchronized boolean await(int piece) {
            boolean interrupted = false;
            while (turn != piece && !failed) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return !failed;
        }

        synchronized void done() {
            turn++;
            notifyAll();
        }

        synchronized void fail() {
            failed = true;
            notifyAll();
        }
    }
}
