package dev.anneal.engine.network.architecture;

/** How much of a pass a core computes at one time; other devices have their {@link DeviceLimits}. With the sizes of a model and an adapter they decide how much memory a training takes. */
public final class PassLimits {

    /**
     * Tokens that a micro-batch aims at: large enough that matrices fill the core, small enough that a step is shared evenly and few activations
     * live at a time. A step of 4 x 256 tokens of SmolLM2-135M in fp32 on two threads takes 7.0 s of processor time and 1.67 GB with 256, and 7.0 s
     * and 2.15 GB with 512.
     */
    public static final int MICRO_BATCH_TOKENS = 256;

    /** Queries of a row whose weights exist at one time: with 9 heads and a row of 8,192 tokens they take 19 MB in bf16. */
    public static final int ATTENTION_BLOCK = 128;

    /** Trained positions whose logits exist at one time: with a vocabulary of 49,152 they take 25 MB in bf16. */
    public static final int HEAD_CHUNK = 256;

    /** Of them, how many are in fp32 at one time, while loss and gradient are formed: few enough that they stay in a core's cache. */
    public static final int SOFTMAX_ROWS = 16;

    private PassLimits() {}

    /** Gradients of an adapter that exist at one time beside that of the step: with one to spare no thread waits for one that computes a longer piece. */
    public static int adapterGradients(int threads) {
        return threads == 1 ? 1 : threads + 1;
    }
}
