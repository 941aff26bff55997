package dev.anneal.engine.architecture;

/** How many sequences an engine decodes at one time. With the sizes of a model they decide how much memory sampling takes. */
public final class DecodingLimits {

    /** Sequences that a lane decodes at one time. */
    public static final int SLOTS = 16;

    /** Tokens of prompts that a lane reads at one time, beyond the first prompt: longer ones together would take much memory. */
    public static final int TOKENS_READ_AT_ONCE = 1024;

    /** Sequences from which on there is another lane. */
    private static final int SEQUENCES_OF_A_LANE = 8;

    private static final int MAX_LANES = 8;

    private DecodingLimits() {}

    /** Lanes that so many sequences are dealt out to, each decoded by one thread. */
    public static int lanes(int sequences) {
        return Math.min(MAX_LANES, (sequences + SEQUENCES_OF_A_LANE - 1) / SEQUENCES_OF_A_LANE);
    }

    /** Sequences of each of these lanes that are decoded at one time, at most. */
    public static int slots(int sequences) {
        int lanes = Math.max(1, lanes(sequences));
        return Math.min(SLOTS, (sequences + lanes - 1) / lanes);
    }
}
