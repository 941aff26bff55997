package dev.anneal.engine.network.architecture;

import java.util.Arrays;
import java.util.List;

/** The root mean square norms of a decoder layer. */
public enum LayerNorm {
    INPUT("input_layernorm"),
    AFTER_ATTENTION("post_attention_layernorm"),
    /** Of each query head. */
    QUERY("self_attn.q_norm"),
    /** Of each key head. */
    KEY("self_attn.k_norm");

    private final String module;

    LayerNorm(String module) {
        this.module = module;
    }

    /** Name of its weight in a Hugging Face checkpoint, such as {@code model.layers.3.input_layernorm.weight}. */
    public String weightName(int layer) {
        return "model.layers." + layer + "." + module + ".weight";
    }

    /** Length of its weight. */
    public int size(ModelConfig config) {
        return switch (this) {
            case INPUT, AFTER_ATTENTION -> config.hiddenSize();
            case QUERY, KEY -> config.headSize();
        };
    }

    /** The norms that a family's layers have. */
    public static List<LayerNorm> of(Architecture architecture) {
        return Arrays.stream(values())
                .filter(norm -> architecture.queryKeyNorm() || (norm != QUERY && norm != KEY))
                .toList();
    }
}
