package dev.anneal.engine.network.architecture;

import org.jspecify.annotations.Nullable;

/**
 * What the decoders of families differ in, beyond biases and the kinds of their layers.
 *
 * @param norms where a layer's norms are
 * @param gain of all norms
 * @param queryKeyNorm how queries and keys are normed before they are rotated
 * @param gate of the feed-forward
 * @param scaledEmbedding whether rows of the input embedding are multiplied by the square root of their width, rounded
 *     to the type of the weights
 * @param projections into which a layer's matrices are divided
 * @param preciseRotation whether cosines and sines are fp32 in every precision, else they have the type of the weights
 */
public record DecoderSpec(
        Norms norms,
        Gain gain,
        QueryKeyNorm queryKeyNorm,
        Gate gate,
        boolean scaledEmbedding,
        Projections projections,
        boolean preciseRotation) {

    /** Of Llama and most other families. */
    static final DecoderSpec LLAMA = new DecoderSpec(
            Norms.BEFORE, Gain.OF_ROUNDED, QueryKeyNorm.NONE, Gate.SILU, false, Projections.SEPARATE, false);

    /** Llama's with fewer, wider projections. */
    static final DecoderSpec PHI3 = new DecoderSpec(
            Norms.BEFORE, Gain.OF_ROUNDED, QueryKeyNorm.NONE, Gate.SILU, false, Projections.FUSED, false);

    static final DecoderSpec QWEN3 = new DecoderSpec(
            Norms.BEFORE, Gain.OF_ROUNDED, QueryKeyNorm.HEADS, Gate.SILU, false, Projections.SEPARATE, false);

    static final DecoderSpec GEMMA = new DecoderSpec(
            Norms.BEFORE, Gain.OFFSET, QueryKeyNorm.NONE, Gate.GELU_TANH, true, Projections.SEPARATE, false);

    static final DecoderSpec GEMMA3 = new DecoderSpec(
            Norms.AROUND, Gain.OFFSET, QueryKeyNorm.HEADS, Gate.GELU_TANH, true, Projections.SEPARATE, false);

    static final DecoderSpec OLMO2 =
            new DecoderSpec(Norms.AFTER, Gain.EXACT, QueryKeyNorm.WHOLE, Gate.SILU, false, Projections.SEPARATE, true);

    static final DecoderSpec EXAONE4 = new DecoderSpec(
            Norms.AFTER, Gain.OF_ROUNDED, QueryKeyNorm.HEADS, Gate.SILU, false, Projections.SEPARATE, false);

    /** Whether the inputs of attention and feed-forward are normed. */
    public boolean normsInputs() {
        return norms != Norms.AFTER;
    }

    /** Whether the outputs of attention and feed-forward are normed. */
    public boolean normsOutputs() {
        return norms != Norms.BEFORE;
    }

    /** Where the norms of attention and feed-forward are. */
    public enum Norms {
        /** Of the input of each. */
        BEFORE("post_attention_layernorm"),
        /** Of the input of each, and of its output before that is added to the residual stream. */
        AROUND("pre_feedforward_layernorm"),
        /** Of the output of each before that is added to the residual stream. */
        AFTER(null);

        private final @Nullable String beforeFeedForward;

        Norms(@Nullable String beforeFeedForward) {
            this.beforeFeedForward = beforeFeedForward;
        }

        /** Name, in its layer, of the norm of the feed-forward's input; null if there is none. */
        @Nullable
        String beforeFeedForward() {
            return beforeFeedForward;
        }
    }

    /** How a norm's weight is multiplied with a row of norm 1. */
    public enum Gain {
        /** With the row rounded to the type of the weights. */
        OF_ROUNDED(0, true),
        /** In fp32; the product is rounded. */
        EXACT(0, false),
        /** As {@link #EXACT}, with 1 added to the weight. */
        OFFSET(1, false);

        private final int offset;
        private final boolean roundsFirst;

        Gain(int offset, boolean roundsFirst) {
            this.offset = offset;
            this.roundsFirst = roundsFirst;
        }

        /** Added to the weight of every norm: 0, or 1 where a weight of 0 leaves the normed row as it is. */
        public int offset() {
            return offset;
        }

        /** Whether a row is rounded before it is multiplied. */
        public boolean roundsFirst() {
            return roundsFirst;
        }
    }

    /** What queries and keys are normed over. */
    public enum QueryKeyNorm {
        /** They are not. */
        NONE,
        /** Each head, all of queries or keys with the same weight. */
        HEADS,
        /** All heads of a token together. */
        WHOLE
    }

    /** The function of the gate. */
    public enum Gate {
        SILU(0, "silu"),
        /** GELU by its approximation with a hyperbolic tangent. */
        GELU_TANH(1, "gelu_pytorch_tanh");

        private final int number;
        private final String configName;

        Gate(int number, String configName) {
            this.number = number;
            this.configName = configName;
        }

        /** Name in {@code config.json}. */
        String configName() {
            return configName;
        }

        /** Number in {@code torchscript/decoder/layer}. */
        public int number() {
            return number;
        }
    }
}
