package dev.anneal.engine.generate;

import dev.anneal.engine.model.AppliedAdapter;
import dev.anneal.engine.model.DecoderModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Continues prompts with the most likely token at each step. Prompts are decoded together in batches of a fixed size, a batch on one platform
 * thread: which tokens come out depends on the prompts alone, not on the number of threads.
 */
public final class GreedyDecoder {

    /** Prompts of one batch. With anneal-tiny 16 give most of the speed of larger ones; a batch waits for its longest answer. */
    private static final int BATCH = 16;

    private final DecoderModel model;
    private final AppliedAdapter adapter;
    private final Set<Integer> ends;
    private final int threads;

    /**
     * @param adapter what is added to the model, at its own beta; {@link DecoderModel#noAdapter()} for the model alone
     * @param ends tokens after which an answer is complete; they are not part of it
     * @param threads batches that are decoded at one time
     */
    public GreedyDecoder(DecoderModel model, AppliedAdapter adapter, Set<Integer> ends, int threads) {
        this.model = model;
        this.adapter = adapter;
        this.ends = Set.copyOf(ends);
        this.threads = threads;
    }

    /**
     * Answers each prompt. A prompt that fills the model's context gets an empty answer.
     *
     * @param prompts token ids, at least one each
     * @param maxNewTokens tokens after which an answer is cut; the end of the context cuts it as well
     * @param betweenTokens called by each batch before each token; what it throws ends the work and comes out here
     */
    public List<int[]> answer(List<int[]> prompts, int maxNewTokens, Runnable betweenTokens) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<int[]>>> batches = new ArrayList<>();
            for (int from = 0; from < prompts.size(); from += BATCH) {
                List<int[]> batch = prompts.subList(from, Math.min(from + BATCH, prompts.size()));
                batches.add(pool.submit(() -> {
                    try (Batch decoding = new Batch(model, adapter, batch, maxNewTokens)) {
                        return decoding.run(ends, betweenTokens);
                    }
                }));
            }
            List<int[]> answers = new ArrayList<>();
            for (Future<List<int[]>> batch : batches) {
                answers.addAll(result(batch));
            }
            return answers;
        } finally {
            end(pool);
        }
    }

    /** Returns when no thread is left: one that still computed would use a model that its owner closes next. */
    private static void end(ExecutorService pool) {
        pool.shutdownNow();
        boolean interrupted = false;
        while (!pool.isTerminated()) {
            try {
                interrupted |= !pool.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<int[]> result(Future<List<int[]>> batch) {
        try {
            return batch.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a batch of answers failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while answers were decoded", e);
        }
    }
}
