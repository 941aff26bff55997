package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.PythonJson;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code adapter_config.json} as saved by PEFT: every key of its LoRA configuration, sorted. The scale of
 * rank-stabilised adapters is folded into alpha, because not all servers read {@code use_rslora}.
 */
final class PeftConfig {

    /** The release that defines these keys. */
    static final String PEFT_VERSION = "0.21.2";

    private static final List<String> UNUSED = List.of(
            "alora_invocation_tokens",
            "arrow_config",
            "auto_mapping",
            "corda_config",
            "eva_config",
            "exclude_modules",
            "kasa_config",
            "layer_replication",
            "layers_pattern",
            "layers_to_transform",
            "lora_ga_config",
            "megatron_config",
            "modules_to_save",
            "monteclora_config",
            "target_parameters",
            "trainable_token_indices",
            "use_bdlora",
            "velora_config");

    private static final List<String> OFF =
            List.of("ensure_weight_tying", "fan_in_fan_out", "lora_bias", "use_dora", "use_qalora", "use_rslora");

    private PeftConfig() {}

    /** @param multimodal whether the base has other parts, which may have modules of the same names */
    static String json(AdapterConfig adapter, ExportedBase base, boolean multimodal) {
        Map<String, @Nullable Object> keys = new TreeMap<>();
        UNUSED.forEach(key -> keys.put(key, null));
        OFF.forEach(key -> keys.put(key, false));
        keys.put("alpha_pattern", Map.of());
        keys.put("base_model_name_or_path", base.id());
        keys.put("bias", "none");
        keys.put("inference_mode", true);
        keys.put("init_lora_weights", true);
        keys.put("loftq_config", Map.of());
        keys.put("lora_alpha", number(adapter.scale() * adapter.rank()));
        keys.put("lora_dropout", adapter.dropout());
        keys.put("megatron_core", "megatron.core");
        keys.put("peft_type", "LORA");
        keys.put("peft_version", PEFT_VERSION);
        keys.put("qalora_group_size", 16);
        keys.put("r", adapter.rank());
        keys.put("rank_pattern", Map.of());
        keys.put("revision", base.revision());
        keys.put("target_modules", multimodal ? pattern(adapter) : targets(adapter));
        keys.put("task_type", "CAUSAL_LM");
        return PythonJson.indented(keys);
    }

    private static List<String> targets(AdapterConfig adapter) {
        return adapter.targets().stream().map(Projection::shortName).sorted().toList();
    }

    /** PEFT reads a text as a regular expression that the path of a module must match as a whole. */
    private static String pattern(AdapterConfig adapter) {
        return "model\\.language_model\\.layers\\.\\d+\\..*\\.(%s)".formatted(String.join("|", targets(adapter)));
    }

    /** Whole numbers as integers, which some readers require. */
    private static Number number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9 ? (Number) (long) value : (Number) value;
    }
}
