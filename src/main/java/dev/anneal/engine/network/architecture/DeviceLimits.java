package dev.anneal.engine.network.architecture;

/**
 * How much of a pass one thread computes at one time, by what it computes on. A core of a CPU takes what stays in its cache, {@link PassLimits}. A CUDA device
 * wants few and large operators: each takes microseconds to start, however small it is. Its numbers are chosen, not measured: no GPU was at hand.
 *
 * @param microBatchTokens tokens that a micro-batch aims at
 * @param attentionBlock queries of a row whose weights exist at one time
 * @param headChunk trained positions whose logits exist at one time
 * @param softmaxRows of them, how many are in fp32 at one time
 */
public record DeviceLimits(int microBatchTokens, int attentionBlock, int headChunk, int softmaxRows) {

    public static final DeviceLimits CPU = new DeviceLimits(
            PassLimits.MICRO_BATCH_TOKENS, PassLimits.ATTENTION_BLOCK, PassLimits.HEAD_CHUNK, PassLimits.SOFTMAX_ROWS);

    /** With a vocabulary of 128,256 the logits take 131 MB in bf16 and as much again in fp32. */
    public static final DeviceLimits CUDA = new DeviceLimits(4096, 512, 512, 256);

    /** @param device {@code cpu} or {@code cuda:N} */
    public static DeviceLimits of(String device) {
        return device.equals("cpu") ? CPU : CUDA;
    }

    /** Tokens of the micro-batches that all threads compute at one time, at most: a micro-batch gets another row as long as it has fewer than it aims at. */
    public long tokensAtOnce(int threads, int longestRowTokens) {
        return (long) threads * (microBatchTokens + longestRowTokens);
    }

    /** Micro-batches that a step is split into: an even number where there are several, and a row is never split. */
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
