package dev.anneal.engine.network.peft;

import dev.anneal.engine.format.json.JsonFault;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Settings of a LoRA adapter in {@code adapter_config.json}. An unknown key that is set to anything may change the
 * maths, so it is refused by name.
 *
 * @param rank r
 * @param alpha numerator of the scale
 * @param rslora whether the scale is alpha / sqrt(r)
 * @param dropout that the adapter was trained with
 * @param listedTargets modules of a list; null for a pattern or {@code all-linear}, where the tensors alone show which
 */
record PeftSettings(
        int rank,
        double alpha,
        boolean rslora,
        double dropout,
        @Nullable List<String> listedTargets) {

    static final String FILE = "adapter_config.json";

    private static final int GREATEST_RANK = 65_536;

    /** Keys that are read below or do not affect what the adapter computes. */
    private static final Set<String> KNOWN = Set.of(
            "alpha_pattern",
            "auto_mapping",
            "base_model_name_or_path",
            "bias",
            "eva_config",
            "exclude_modules",
            "inference_mode",
            "init_lora_weights",
            "lora_alpha",
            "lora_dropout",
            "megatron_core",
            "peft_type",
            "peft_version",
            "qalora_group_size",
            "r",
            "rank_pattern",
            "revision",
            "runtime_config",
            "target_modules",
            "task_type",
            "use_rslora");

    /**
     * Initialisations that do not change the base model; others, such as pissa or olora, subtract the adapter's initial
     * values from it.
     */
    private static final Set<String> HARMLESS_INITIALISATIONS = Set.of("gaussian", "eva", "orthogonal");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    /** @throws PeftException naming the first key that is not supported */
    static PeftSettings parse(byte[] json) {
        JsonNode config = tree(json);
        requireLora(config);
        for (Map.Entry<String, JsonNode> key : config.properties()) {
            if (!KNOWN.contains(key.getKey()) && !isOff(key.getValue())) {
                throw refused(
                        key.getKey(),
                        key.getValue(),
                        "which is not supported; it must be absent, null, false or empty");
            }
        }
        int rank = rank(config);
        double alpha = alpha(config, rank);
        requireUniform(config, "rank_pattern", rank);
        requireUniform(config, "alpha_pattern", alpha);
        return new PeftSettings(
                rank, alpha, config.path("use_rslora").asBoolean(false), dropout(config), listedTargets(config));
    }

    private static JsonNode tree(byte[] json) {
        try {
            JsonNode config = JSON.readTree(json);
            if (!config.isObject()) {
                throw new PeftException(FILE + " must be a JSON object");
            }
            return config;
        } catch (JacksonException e) {
            throw new PeftException(FILE + " is not valid JSON: " + JsonFault.of(e), e);
        }
    }

    private static void requireLora(JsonNode config) {
        JsonNode type = config.path("peft_type");
        if (!type.isString() || !type.stringValue().equals("LORA")) {
            throw refused("peft_type", type, "but only LORA adapters can be imported");
        }
        JsonNode task = config.path("task_type");
        if (!isOff(task) && !(task.isString() && task.stringValue().equals("CAUSAL_LM"))) {
            throw refused("task_type", task, "but the adapter must be of a causal language model, CAUSAL_LM");
        }
        JsonNode bias = config.path("bias");
        if (!isOff(bias) && !(bias.isString() && bias.stringValue().equals("none"))) {
            throw refused("bias", bias, "but trained biases are not supported; it must be none");
        }
        JsonNode start = config.path("init_lora_weights");
        if (start.isString() && !HARMLESS_INITIALISATIONS.contains(start.stringValue())) {
            throw refused(
                    "init_lora_weights",
                    start,
                    "which changes the base model too; convert the adapter to a plain one with PEFT"
                            + " (save_pretrained with path_initial_model_for_weight_conversion)");
        }
    }

    private static int rank(JsonNode config) {
        JsonNode rank = config.path("r");
        if (!rank.isIntegralNumber()
                || !rank.canConvertToInt()
                || rank.intValue() < 1
                || rank.intValue() > GREATEST_RANK) {
            throw refused("r", rank, "but must be a whole number from 1 to " + GREATEST_RANK);
        }
        return rank.intValue();
    }

    /** PEFT's own default is 8. */
    private static double alpha(JsonNode config, int rank) {
        JsonNode alpha = config.path("lora_alpha");
        if (alpha.isMissingNode()) {
            return 8;
        }
        if (!alpha.isNumber() || !(alpha.doubleValue() > 0) || alpha.doubleValue() > 1e6 * rank) {
            throw refused("lora_alpha", alpha, "but must be a number above 0 and at most a million times r");
        }
        return alpha.doubleValue();
    }

    private static double dropout(JsonNode config) {
        JsonNode dropout = config.path("lora_dropout");
        if (isOff(dropout)) {
            return 0;
        }
        if (!dropout.isNumber() || !(dropout.doubleValue() >= 0 && dropout.doubleValue() < 1)) {
            throw refused("lora_dropout", dropout, "but must be a number from 0 to below 1");
        }
        return dropout.doubleValue();
    }

    private static void requireUniform(JsonNode config, String key, double value) {
        JsonNode pattern = config.path(key);
        if (isOff(pattern)) {
            return;
        }
        for (JsonNode each : pattern.isObject() ? pattern.values() : List.of(pattern)) {
            if (!each.isNumber() || each.doubleValue() != value) {
                throw refused(key, pattern, "but all modules must have the same rank and alpha");
            }
        }
    }

    private static @Nullable List<String> listedTargets(JsonNode config) {
        JsonNode targets = config.path("target_modules");
        if (targets.isString()) {
            return null;
        }
        if (!targets.isArray() || targets.isEmpty()) {
            throw refused("target_modules", targets, "but must name the adapted modules");
        }
        for (JsonNode target : targets) {
            if (!target.isString()) {
                throw refused("target_modules", targets, "but must be a list of names");
            }
        }
        return targets.valueStream().map(JsonNode::stringValue).toList();
    }

    private static boolean isOff(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isContainer() && value.isEmpty());
    }

    private static PeftException refused(String key, JsonNode value, String rule) {
        String shown = value.isMissingNode() ? "missing" : value.toString();
        String shortened = shown.length() > 80 ? shown.substring(0, 80) + "…" : shown;
        return new PeftException("'%s' of %s is %s, %s".formatted(key, FILE, shortened, rule));
    }
}
