package dev.anneal.engine.network.torch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Platform threads that compute independent pieces of work, one piece on one thread. Each piece is computed into one of
 * a few buffers, and buffers are handed over in the order of the pieces, so that sums have the same bits for any number
 * of threads. With more buffers than threads, a thread whose piece is not due yet can compute the next one.
 */
public final class ComputeThreads implements AutoCloseable {

    private final ExecutorService executor;
    private final int threads;
    private final int buffers;

    /** @param buffers at least one for each thread */
    public ComputeThreads(int threads, int buffers) {
        if (buffers < threads) {
            throw new IllegalArgumentException("%d threads need more than %d buffers".formatted(threads, buffers));
        }
        AtomicInteger number = new AtomicInteger();
        this.threads = threads;
        this.buffers = buffers;
        this.executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "compute-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Computes pieces 0 to {@code count - 1} and returns when all are handed over. After a failure no further piece
     * starts; the call throws it once all threads have stopped.
     */
    public void run(int count, Work work) {
        Pieces pieces = new Pieces(count, buffers, work);
        CompletableFuture<?>[] running = new CompletableFuture<?>[Math.min(threads, count)];
        for (int thread = 0; thread < running.length; thread++) {
            running[thread] = CompletableFuture.runAsync(
                    () -> {
                        try {
                            for (Piece piece = pieces.take(); piece != null; piece = pieces.take()) {
                                work.compute(piece.buffer(), piece.number());
                                pieces.done(piece);
                            }
                        } catch (RuntimeException | Error e) {
                            pieces.giveUp();
                            throw e;
                        }
                    },
                    executor);
        }
        try {
            // Waits for every thread, also after a failure: none may compute when the caller frees its tensors.
            CompletableFuture.allOf(running).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }

    /** Work that consists of pieces. */
    @FunctionalInterface
    public interface Work {
        /** Computes a piece into a buffer that nothing else uses until it is handed over. */
        void compute(int buffer, int piece);

        /** Receives a piece's result. Called in the order of the pieces, by one thread at a time. */
        default void handOver(int buffer, int piece) {}
    }

    /** A piece and the buffer it is computed into. */
    private record Piece(int number, int buffer) {}

    /** Pieces to be computed and pieces to be handed over. */
    private static final class Pieces {
        private final int count;
        private final Work work;
        private final Deque<Integer> free = new ArrayDeque<>();
        private final Map<Integer, Integer> computed = new HashMap<>();
        private int next;
        private int due;
        private boolean givenUp;

        Pieces(int count, int buffers, Work work) {
            this.count = count;
            this.work = work;
            for (int buffer = 0; buffer < buffers; buffer++) {
                free.add(buffer);
            }
        }

        /**
         * The next piece with a free buffer, for which it waits; null if none is left. All earlier pieces have buffers
         * already, so one becomes free.
         */
        synchronized @Nullable Piece take() {
            Monitors.await(this, () -> next >= count || givenUp || !free.isEmpty());
            return next < count && !givenUp ? new Piece(next++, free.remove()) : null;
        }

        /** Hands over this piece and those waiting for it, if it is due. */
        synchronized void done(Piece piece) {
            computed.put(piece.number(), piece.buffer());
            while (!givenUp && computed.containsKey(due)) {
                int buffer = computed.remove(due);
                work.handOver(buffer, due);
                free.add(buffer);
                due++;
            }
            notifyAll();
        }

        synchronized void giveUp() {
            givenUp = true;
            notifyAll();
        }
    }
}
