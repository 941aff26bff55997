package dev.anneal.engine.network.architecture;

/**
 * How much of a pass one thread computes at a time, depending on its device. With the sizes of a model and an adapter
 * this determines the memory of a training. Numbers for CPUs keep data in a core's cache. A CUDA device needs few and
 * large operators, because each takes microseconds to start, however small it is; its numbers are chosen, not measured.
 *
 * @param microBatchTokens tokens that a micro-batch aims at: on a CPU large enough that matrices fill the core, small
 *     enough that a step is shared evenly and few activations live at a time. A step of 4 x 256 tokens of SmolLM2-135M
 *     in fp32 on two threads takes 7.0 s of processor time and 1.67 GB with 256, and 7.0 s and 2.15 GB with 512
 * @param attentionBlock queries of a row whose weights exist at a time: 128 with 9 heads and a row of 8,192 tokens take
 *     19 MB in bf16
 * @param headChunk trained positions whose logits exist at a time: 256 with a vocabulary of 49,152 take 25 MB in bf16
 * @param softmaxRows number of these in fp32 at a time, while loss and gradient are computed: on a CPU few enough that
 *     they stay in a core's cache
 */
public record DeviceLimits(int microBatchTokens, int attentionBlock, int headChunk, int softmaxRows) {

    public static final DeviceLimits CPU = new DeviceLimits(256, 128, 256, 16);

    /** With a vocabulary of 128,256 the logits take 131 MB in bf16 and as much again in fp32. */
    public static final DeviceLimits CUDA = new DeviceLimits(4096, 512, 512, 256);

    /** @param device {@code cpu} or {@code cuda:N} */
    public static DeviceLimits of(String device) {
        return device.equals("cpu") ? CPU : CUDA;
    }

    /**
     * Number of gradient buffers of an adapter in addition to the step's: with a spare one, no thread waits for another
     * that computes a longer piece.
     */
    public static int adapterGradients(int threads) {
        return threads == 1 ? 1 : threads + 1;
    }

    /**
     * Maximum number of tokens that all threads compute at a time: a micro-batch gets another row while it has fewer
     * tokens than its target.
     */
    public long tokensAtOnce(int threads, int longestRowTokens) {
        return (long) threads * (microBatchTokens + longestRowTokens);
    }

    /** Fewest tokens of a beginning that is computed once for several micro-batches, instead of once in each. */
    public int prefixTokens() {
        return (microBatchTokens + 1) / 2;
    }

    /** Number of micro-batches of a step: even if there are several; a row is never split. */
    public int microBatches(long tokens, int rows) {
        long wanted = (tokens + microBatchTokens - 1) / microBatchTokens;
        long even = wanted > 1 ? wanted + wanted % 2 : wanted;
        return (int) Math.min(even, rows);
    }

    /**
     * Memory of the logits of all threads, in bytes.
     *
     * @param valueBytes of a logit before it is converted to fp32
     */
    public long logitBytes(int valueBytes, int vocabularySize, int threads) {
        return ((long) valueBytes * headChunk + (long) Float.BYTES * softmaxRows) * vocabularySize * threads;
    }
}
