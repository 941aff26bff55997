package dev.anneal.engine.network.architecture;

/**
 * Number of sequences that an engine decodes at a time. With the sizes of a model it determines the memory of sampling.
 *
 * @param sequencesOfLane number of sequences that one more lane is opened for
 * @param slots sequences that a lane decodes at a time
 * @param sharesOperators whether threads without a lane share the operators of the others
 */
public record DecodingLimits(int sequencesOfLane, int slots, boolean sharesOperators) {

    /** Maximum number of slots of a lane. */
    public static final int SLOTS = 32;

    /** Tokens of prompts that a lane reads at a time, unless a single prompt is longer; more would need much memory. */
    public static final int TOKENS_READ_AT_ONCE = 1024;

    /** Maximum number of a sequence's tokens in a step: its last one and draft tokens. */
    public static final int SEQUENCE_TOKENS_OF_STEP = 16;

    /** Memory of the beginnings of prompts that a lane of a job or an evaluation keeps for its later prompts. */
    public static final long PREFIX_BYTES = 64 << 20;

    /** Keys and values are kept in blocks of this many tokens. */
    private static final int CACHE_BLOCK = 64;

    private static final int MAX_LANES = 8;

    private static final DecodingLimits WIDE = new DecodingLimits(SLOTS, SLOTS, true);

    private static final DecodingLimits NARROW = new DecodingLimits(8, 16, false);

    /**
     * Wide lanes read the weights less often, and threads share their operators. On a CPU only bf16 may do so: fp32
     * products have other bits on another number of threads, and answers must not depend on that.
     */
    public static DecodingLimits of(String device, boolean fp32) {
        return fp32 && device.equals("cpu") ? NARROW : WIDE;
    }

    /** Maximum number of tokens in a step with this many sequences, whose logits are in memory at the same time. */
    public static int tokensOfStep(int sequences) {
        return Math.max(SEQUENCE_TOKENS_OF_STEP, 2 * sequences);
    }

    /** Number of tokens of the whole blocks that hold the keys and values of this many. */
    public static int cachedTokens(int tokens) {
        return (tokens + CACHE_BLOCK - 1) / CACHE_BLOCK * CACHE_BLOCK;
    }

    /** Lanes for a number of sequences. */
    public int lanes(int sequences) {
        return Math.min(MAX_LANES, (sequences + sequencesOfLane - 1) / sequencesOfLane);
    }

    /** Maximum number of sequences that each of these lanes decodes at a time. */
    public int slots(int sequences) {
        int lanes = Math.max(1, lanes(sequences));
        return Math.min(slots, (sequences + lanes - 1) / lanes);
    }
}
