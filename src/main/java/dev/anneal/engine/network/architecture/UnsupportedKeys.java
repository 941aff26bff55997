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
        String gate = architecture.spec().gate().configName();
        // transformers takes Gemma 1's "gelu" for the approximation, that of no other family.
        refuse(file, config, "hidden_act", architecture == Architecture.GEMMA ? List.of(gate, "gelu") : List.of(gate));
        refuse(file, config, "hidden_activation", List.of(gate));
        NEUTRAL.forEach((key, neutral) -> {
            if (!architecture.reads(key)) {
                refuse(file, config, key, neutral);
            }
        });
    }

    /** Unless the key is missing, or has one of these values. */
    private static void refuse(Path file, JsonNode config, String key, List<?> supported) {
        JsonNode value = config.path(key);
        if (!value.isMissingNode() && !value.isNull() && !supported.contains(plain(value))) {
            throw new ModelConfigException(
                    file,
                    "'%s' is %s; this engine supports %s only"
                            .formatted(key, value, supported.isEmpty() ? "none" : supported.get(0)));
        }
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
