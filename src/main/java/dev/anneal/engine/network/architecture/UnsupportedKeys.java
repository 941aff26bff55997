package dev.anneal.engine.network.architecture;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Keys of {@code config.json} that the engine does not compute, each with the values that have no effect. Another value
 * is refused by name rather than ignored, except in families that compute with the key.
 */
final class UnsupportedKeys {

    private static final List<Object> ABSENT = List.of();
    private static final List<Object> FALSE = List.of(false);
    private static final List<Object> ONE = List.of(1.0);

    private static final Map<String, List<Object>> NEUTRAL = new TreeMap<>(Map.ofEntries(
            Map.entry("alibi", FALSE),
            Map.entry("attention_bias", FALSE),
            Map.entry("attention_multiplier", ABSENT),
            Map.entry("attn_logit_softcapping", ABSENT),
            Map.entry("clip_qkv", ABSENT),
            Map.entry("embedding_multiplier", ONE),
            Map.entry("final_logit_softcapping", ABSENT),
            Map.entry("hidden_act", List.of("silu")),
            Map.entry("is_causal", List.of(true)),
            Map.entry("logit_scale", ONE),
            Map.entry("logits_scaling", ONE),
            Map.entry("mlp_bias", FALSE),
            Map.entry("no_rope_layers", ABSENT),
            Map.entry("num_experts", ABSENT),
            Map.entry("num_local_experts", ABSENT),
            Map.entry("partial_rotary_factor", ONE),
            Map.entry("pretraining_tp", ONE),
            Map.entry("qk_layernorm", FALSE),
            Map.entry("query_pre_attn_scalar", ABSENT),
            Map.entry("residual_multiplier", ONE),
            Map.entry("sliding_window", ABSENT),
            Map.entry("use_bidirectional_attention", FALSE),
            Map.entry("use_qk_norm", FALSE)));

    private UnsupportedKeys() {}

    static void refuse(Path file, JsonNode config, Architecture architecture) {
        refuseQuantization(file, config.path("quantization_config"));
        NEUTRAL.forEach((key, neutral) -> {
            JsonNode value = config.path(key);
            if (!architecture.reads(key)
                    && !value.isMissingNode()
                    && !value.isNull()
                    && !neutral.contains(plain(value))) {
                String supported = neutral.isEmpty() ? "none" : neutral.get(0).toString();
                throw new ModelConfigException(
                        file, "'%s' is %s; this engine supports %s only".formatted(key, value, supported));
            }
        });
    }

    /** Weights of layers may be stored in 4 bits as bitsandbytes writes them, by {@link Nf4Tensors}. */
    private static void refuseQuantization(Path file, JsonNode quantization) {
        if (quantization.isMissingNode() || quantization.isNull()) {
            return;
        }
        boolean nf4 = quantization.path("quant_method").asString("").equals("bitsandbytes")
                && quantization.path("load_in_4bit").asBoolean(false)
                && quantization.path("bnb_4bit_quant_type").asString("").equals("nf4");
        if (!nf4) {
            throw new ModelConfigException(
                    file,
                    ("'quantization_config' is %s; this engine supports none, or quant_method \"bitsandbytes\" with"
                                    + " \"load_in_4bit\": true and \"bnb_4bit_quant_type\": \"nf4\"")
                            .formatted(quantization));
        }
    }

    private static Object plain(JsonNode value) {
        if (value.isNumber()) {
            return value.asDouble();
        }
        return value.isBoolean() ? value.asBoolean() : value.asString("");
    }
}
