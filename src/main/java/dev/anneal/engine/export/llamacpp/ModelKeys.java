package dev.anneal.engine.export.llamacpp;

import dev.anneal.engine.format.gguf.Metadata;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Multipliers;
import dev.anneal.engine.network.architecture.RotaryConfig;
import dev.anneal.engine.network.architecture.RotaryScaling;
import java.util.List;

/** The keys of a GGUF file that describe a decoder's computation. */
public final class ModelKeys {

    private ModelKeys() {}

    /**
     * Adds the keys of an architecture, with its name as their prefix.
     *
     * @return warnings for users about texts that llama.cpp answers differently
     */
    public static List<String> put(Metadata metadata, Family family, ModelConfig config) {
        String name = family.architecture();
        int context = family.knowsWindows() ? config.maxPositions() : context(config);
        metadata.count(name + ".vocab_size", config.vocabularySize())
                .count(name + ".context_length", context)
                .count(name + ".embedding_length", config.hiddenSize())
                .count(name + ".block_count", config.layers())
                .count(name + ".feed_forward_length", config.intermediateSize())
                .count(name + ".attention.head_count", config.heads())
                .count(name + ".attention.head_count_kv", config.keyValueHeads())
                .count(name + ".attention.key_length", config.headSize())
                .count(name + ".attention.value_length", config.headSize())
                .number(name + ".attention.layer_norm_rms_epsilon", (float) config.normEpsilon())
                .count(name + ".rope.dimension_count", config.headSize())
                .number(name + ".rope.freq_base", (float) config.rotary().theta());
        if (family == Family.GRANITE) {
            putMultipliers(metadata, name, config.multipliers());
        }
        if (family.knowsWindows() && config.windows().get(0) > 0) {
            metadata.count(name + ".attention.sliding_window", config.windows().get(0));
        }
        putScaling(metadata, name + ".rope.scaling.", config.rotary().scaling());
        return context == config.maxPositions()
                ? List.of()
                : List.of(("this model's layers see the last %1$d tokens only, which llama.cpp's architecture '%2$s'"
                                + " cannot say; its context_length is written as %1$d, and longer texts get"
                                + " other answers")
                        .formatted(context, name));
    }

    /** That of the residual stream is a part of the others, {@link ModelConfig}. */
    private static void putMultipliers(Metadata metadata, String name, Multipliers multipliers) {
        metadata.number(name + ".attention.scale", (float) multipliers.attention())
                .number(name + ".embedding_scale", (float) multipliers.embedding())
                .number(name + ".logit_scale", (float) multipliers.logits());
    }

    /** Llama 3's is a tensor, {@link #rotaryFactors}. */
    private static void putScaling(Metadata metadata, String prefix, RotaryScaling scaling) {
        if (scaling instanceof RotaryScaling.Linear linear) {
            metadata.text(prefix + "type", "linear").number(prefix + "factor", (float) linear.factor());
        } else if (scaling instanceof RotaryScaling.Yarn yarn) {
            metadata.text(prefix + "type", "yarn")
                    .number(prefix + "factor", (float) yarn.factor())
                    .count(prefix + "original_context_length", yarn.originalMaxPositions());
        }
    }

    /** The shortest sliding window, up to which a model with windows equals one without. */
    private static int context(ModelConfig config) {
        return config.windows().stream().filter(window -> window > 0).reduce(config.maxPositions(), Math::min);
    }

    /** Factors by which the frequencies of llama3's rotary scaling are smaller than plain ones, [headSize / 2]. */
    public static float[] rotaryFactors(ModelConfig config) {
        float[] scaled = config.rotary().inverseFrequencies(config.headSize());
        float[] factors = RotaryConfig.plain(config.rotary().theta()).inverseFrequencies(config.headSize());
        for (int i = 0; i < factors.length; i++) {
            factors[i] /= scaled[i];
        }
        return factors;
    }
}
