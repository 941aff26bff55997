package dev.anneal.engine.network.architecture;

/**
 * What the decoders of families differ in, beyond biases and the kinds of their layers.
 *
 * @param norms where a layer's norms are
 * @param gainOffset added to the weight of every norm: 0, or 1 where a weight of 0 leaves the normed input as it is
 * @param queryKeyNorm whether each head of queries and keys is normed before it is rotated
 * @param gate of the feed-forward
 * @param scaledEmbedding whether rows of the input embedding are multiplied by the square root of their width, rounded
 *     to the type of the weights
 */
public record DecoderSpec(Norms norms, int gainOffset, boolean queryKeyNorm, Gate gate, boolean scaledEmbedding) {

    /** Of Llama and most other families. */
    static final DecoderSpec LLAMA = new DecoderSpec(Norms.BEFORE, 0, false, Gate.SILU, false);

    static final DecoderSpec QWEN3 = new DecoderSpec(Norms.BEFORE, 0, true, Gate.SILU, false);

    static final DecoderSpec GEMMA3 = new DecoderSpec(Norms.AROUND, 1, true, Gate.GELU_TANH, true);

    /** Whether the outputs of attention and feed-forward are normed. */
    public boolean normsOutputs() {
        return norms == Norms.AROUND;
    }

    /** Where the norms of attention and feed-forward are. */
    public enum Norms {
        /** Of the input of each. */
        BEFORE("post_attention_layernorm"),
        /** Of the input of each, and of its output before that is added to the residual stream. */
        AROUND("pre_feedforward_layernorm");

        private final String beforeFeedForward;

        Norms(String beforeFeedForward) {
            this.beforeFeedForward = beforeFeedForward;
        }

        /** Name, in its layer, of the norm of the feed-forward's input. */
        String beforeFeedForward() {
            return beforeFeedForward;
        }
    }

    /** The function of the gate. */
    public enum Gate {
        SILU(0),
        /** GELU by its approximation with a hyperbolic tangent. */
        GELU_TANH(1);

        private final int number;

        Gate(int number) {
            this.number = number;
        }

        /** Number in {@code torchscript/decoder/layer}. */
        public int number() {
            return number;
        }
    }
}
