package dev.anneal.engine.network.architecture;

import static dev.anneal.engine.network.architecture.ProjectionGroup.ATTENTION_INPUT;
import static dev.anneal.engine.network.architecture.ProjectionGroup.ATTENTION_OUTPUT;
import static dev.anneal.engine.network.architecture.ProjectionGroup.DOWN;
import static dev.anneal.engine.network.architecture.ProjectionGroup.FEED_FORWARD;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decoder families that the engine runs, by the class name in their {@code config.json}. One program computes all of
 * them; a family switches parts of it on. Names of weights are the same in every family, see {@link CheckpointTensors}.
 */
@SuppressWarnings("ImmutableEnumChecker") // sets and maps are those of Set.of and Map.of
public enum Architecture {
    /** Llama 1 to 3.3, and models of the same structure, such as SmolLM2. */
    LLAMA(
            "LlamaForCausalLM",
            Set.of(),
            Map.of("attention_bias", Set.of(ATTENTION_INPUT, ATTENTION_OUTPUT), "mlp_bias", Set.of(FEED_FORWARD, DOWN)),
            DecoderSpec.LLAMA,
            LayerRules.EQUAL,
            Set.of(),
            Map.of()),
    MISTRAL(
            "MistralForCausalLM",
            Set.of(),
            Map.of(),
            DecoderSpec.LLAMA,
            LayerRules.of(WindowRule.EVERY_LAYER),
            Set.of(),
            Map.of("num_key_value_heads", 8, "sliding_window", 4096)),
    /** Qwen2 and Qwen2.5. Queries, keys and values always have biases. */
    QWEN2(
            "Qwen2ForCausalLM",
            Set.of(ATTENTION_INPUT),
            Map.of("attention_bias", Set.of(ATTENTION_INPUT)),
            DecoderSpec.LLAMA,
            LayerRules.of(WindowRule.SWITCHED),
            Set.of(),
            Map.of("num_key_value_heads", 32, "sliding_window", 4096, "max_window_layers", 28)),
    QWEN3(
            "Qwen3ForCausalLM",
            Set.of(),
            Map.of("attention_bias", Set.of(ATTENTION_INPUT, ATTENTION_OUTPUT)),
            DecoderSpec.QWEN3,
            LayerRules.of(WindowRule.SWITCHED),
            Set.of(),
            Map.of("num_key_value_heads", 32, "head_dim", 128, "sliding_window", 4096, "max_window_layers", 28)),
    /** SmolLM3, of whose layers every fourth does not rotate queries and keys. */
    SMOLLM3(
            "SmolLM3ForCausalLM",
            Set.of(),
            Map.of("attention_bias", Set.of(ATTENTION_INPUT, ATTENTION_OUTPUT), "mlp_bias", Set.of(FEED_FORWARD, DOWN)),
            DecoderSpec.LLAMA,
            new LayerRules(WindowRule.LISTED, RotaryRule.SKIPPED_LAYERS),
            // transformers ignores pretraining_tp, which SmolLM3's own configuration has as 2.
            Set.of("no_rope_layers", "pretraining_tp"),
            Map.of(
                    "num_key_value_heads",
                    4,
                    "no_rope_layer_interval",
                    4,
                    "tie_word_embeddings",
                    true,
                    "rope_theta",
                    2_000_000,
                    "pad_token_id",
                    128_004)),
    /** Granite 3: Llama with four multipliers. */
    GRANITE(
            "GraniteForCausalLM",
            Set.of(),
            Map.of("attention_bias", Set.of(ATTENTION_INPUT, ATTENTION_OUTPUT), "mlp_bias", Set.of(FEED_FORWARD, DOWN)),
            DecoderSpec.LLAMA,
            LayerRules.EQUAL,
            Set.of("attention_multiplier", "embedding_multiplier", "logits_scaling", "residual_multiplier"),
            Map.of("attention_multiplier", 1)),
    /** Seed-OSS. */
    SEED_OSS(
            "SeedOssForCausalLM",
            Set.of(),
            Map.of(
                    "attention_bias", Set.of(ATTENTION_INPUT),
                    "attention_out_bias", Set.of(ATTENTION_OUTPUT),
                    "mlp_bias", Set.of(FEED_FORWARD, DOWN)),
            DecoderSpec.LLAMA,
            LayerRules.EQUAL,
            Set.of(),
            Map.of("num_key_value_heads", 8, "head_dim", 128, "attention_bias", true, "pad_token_id", 1)),
    /** Gemma 3 without its vision tower; 1B, and the language model of {@link Multimodal#GEMMA3}. */
    GEMMA3(
            "Gemma3ForCausalLM",
            Set.of(),
            Map.of("attention_bias", Set.of(ATTENTION_INPUT, ATTENTION_OUTPUT)),
            DecoderSpec.GEMMA3,
            new LayerRules(WindowRule.PATTERN, RotaryRule.OWN_IN_WINDOWS),
            Set.of("query_pre_attn_scalar", "rope_local_base_freq"),
            Map.ofEntries(
                    Map.entry("vocab_size", 262_208),
                    Map.entry("num_attention_heads", 8),
                    Map.entry("max_position_embeddings", 131_072),
                    Map.entry("num_key_value_heads", 4),
                    Map.entry("head_dim", 256),
                    Map.entry("query_pre_attn_scalar", 256),
                    Map.entry("sliding_window", 4096),
                    Map.entry("sliding_window_pattern", 6),
                    Map.entry("rms_norm_eps", 1e-6),
                    Map.entry("rope_theta", 1_000_000),
                    Map.entry("rope_local_base_freq", 10_000),
                    Map.entry("tie_word_embeddings", true),
                    Map.entry("pad_token_id", 0))),
    /** OLMo 2. */
    OLMO2(
            "Olmo2ForCausalLM",
            Set.of(),
            Map.of("attention_bias", Set.of(ATTENTION_INPUT, ATTENTION_OUTPUT)),
            DecoderSpec.OLMO2,
            LayerRules.EQUAL,
            Set.of(),
            Map.of("rms_norm_eps", 1e-5, "pad_token_id", 1)),
    /** OLMo 3: OLMo 2 with windows in three of four layers. */
    OLMO3(
            "Olmo3ForCausalLM",
            Set.of(),
            Map.of("attention_bias", Set.of(ATTENTION_INPUT, ATTENTION_OUTPUT)),
            DecoderSpec.OLMO2,
            new LayerRules(WindowRule.FOURTHS, RotaryRule.UNSCALED_IN_WINDOWS),
            Set.of(),
            Map.of("rms_norm_eps", 1e-5, "pad_token_id", 1, "rope_theta", 500_000, "sliding_window", 4096)),
    /** EXAONE 4, of whose layers those without a window do not rotate queries and keys where others have one. */
    EXAONE4(
            "Exaone4ForCausalLM",
            Set.of(),
            Map.of(),
            DecoderSpec.EXAONE4,
            new LayerRules(WindowRule.PATTERN, RotaryRule.ONLY_IN_WINDOWS),
            Set.of(),
            Map.of(
                    "num_key_value_heads",
                    32,
                    "rms_norm_eps",
                    1e-5,
                    "sliding_window",
                    4096,
                    "sliding_window_pattern",
                    4)),
    /** Gemma 1. */
    GEMMA(
            "GemmaForCausalLM",
            Set.of(),
            Map.of("attention_bias", Set.of(ATTENTION_INPUT, ATTENTION_OUTPUT)),
            DecoderSpec.GEMMA,
            LayerRules.EQUAL,
            Set.of(),
            Map.of(
                    "num_key_value_heads",
                    16,
                    "head_dim",
                    256,
                    "rms_norm_eps",
                    1e-6,
                    "tie_word_embeddings",
                    true,
                    "pad_token_id",
                    0)),
    /** Ministral 3, also as {@link Multimodal#MISTRAL3}: Mistral whose queries grow with their position. */
    MINISTRAL3(
            "Ministral3ForCausalLM",
            Set.of(),
            Map.of(),
            DecoderSpec.LLAMA,
            new LayerRules(WindowRule.EVERY_LAYER, RotaryRule.GROWING_QUERIES),
            Set.of(),
            Map.of(
                    "num_key_value_heads",
                    8,
                    "head_dim",
                    128,
                    "max_position_embeddings",
                    262_144,
                    "rms_norm_eps",
                    1e-5,
                    "pad_token_id",
                    11)),
    /** Phi-3, Phi-3.5, Phi-4 and Phi-4-mini: Llama with fewer, wider projections, heads of which a part may rotate. */
    PHI3(
            "Phi3ForCausalLM",
            Set.of(),
            Map.of(),
            DecoderSpec.PHI3,
            new LayerRules(WindowRule.EVERY_LAYER, RotaryRule.PARTIAL),
            Set.of("partial_rotary_factor"),
            Map.of(
                    "vocab_size",
                    32_064,
                    "max_position_embeddings",
                    4096,
                    "original_max_position_embeddings",
                    4096,
                    "rms_norm_eps",
                    1e-5,
                    "pad_token_id",
                    32_000));

    private final String className;
    private final Set<ProjectionGroup> biased;
    private final Map<String, Set<ProjectionGroup>> biasKeys;
    private final DecoderSpec spec;
    private final LayerRules layerRules;
    private final Set<String> keys;
    private final Map<String, Object> defaults;

    /**
     * @param biased groups that always have biases
     * @param biasKeys keys of {@code config.json} that give biases to further groups when they are true
     * @param keys of {@code config.json} that the family has and others have not
     * @param defaults values that transformers uses if {@code config.json} has no such key
     */
    Architecture(
            String className,
            Set<ProjectionGroup> biased,
            Map<String, Set<ProjectionGroup>> biasKeys,
            DecoderSpec spec,
            LayerRules layerRules,
            Set<String> keys,
            Map<String, Object> defaults) {
        this.className = className;
        this.biased = biased;
        this.biasKeys = biasKeys;
        this.spec = spec;
        this.layerRules = layerRules;
        this.keys = keys;
        this.defaults = defaults;
    }

    /** Name in {@code architectures}. */
    public String className() {
        return className;
    }

    public DecoderSpec spec() {
        return spec;
    }

    /**
     * Whether draft heads can read the family's hidden states and have a layer like its own: where it neither
     * multiplies embeddings, hidden states or logits, though a configuration may say by 1, nor adds normed outputs.
     */
    public boolean takesHeads() {
        return !spec.scaledEmbedding() && !spec.normsOutputs() && !keys.contains("embedding_multiplier");
    }

    Set<ProjectionGroup> biased() {
        return biased;
    }

    Map<String, Set<ProjectionGroup>> biasKeys() {
        return biasKeys;
    }

    LayerRules layerRules() {
        return layerRules;
    }

    Map<String, Object> defaults() {
        return defaults;
    }

    /** Whether the family computes with a key that other families refuse. */
    boolean reads(String key) {
        return keys.contains(key)
                || biasKeys.containsKey(key)
                || (layerRules.windows() != WindowRule.NO_LAYER && key.equals("sliding_window"));
    }

    static Optional<Architecture> named(String className) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.className.equals(className))
                .findFirst();
    }

    static String supported() {
        return Stream.concat(
                        Arrays.stream(values()).map(Architecture::className),
                        Arrays.stream(Multimodal.values()).map(Multimodal::className))
                .collect(Collectors.joining(", "));
    }
}
