package dev.anneal.engine.export.head;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.RotaryConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * A target's {@code config.json}.
 *
 * @param keys as they are in the file, with those of a multimodal model's language model among them
 * @param sizes what the engine computes with
 */
public record TargetConfig(Map<String, @Nullable Object> keys, ModelConfig sizes) {

    /** Keys that a head's layer takes over as they are, with transformers' defaults. */
    private static final Map<String, Object> TAKEN_OVER =
            Map.of("attention_dropout", 0.0, "hidden_act", "silu", "initializer_range", 0.02, "use_cache", true);

    private static final List<String> TOKENS = List.of("bos_token_id", "eos_token_id");

    /**
     * @throws dev.anneal.engine.network.architecture.ModelConfigException if the engine does not run such a model
     */
    public static TargetConfig read(Path configJson) throws IOException {
        ModelConfig sizes = ModelConfig.read(configJson);
        Map<String, @Nullable Object> whole = JsonMapper.shared()
                .readValue(
                        Files.readAllBytes(configJson),
                        new TypeReference<LinkedHashMap<String, @Nullable Object>>() {});
        return new TargetConfig(sizes.multimodal() ? ofLanguageModel(whole) : whole, sizes);
    }

    /** The language model's keys beside those of the whole model. */
    private static Map<String, @Nullable Object> ofLanguageModel(Map<String, @Nullable Object> whole) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        if (whole.get("text_config") instanceof Map<?, ?> text) {
            text.forEach((key, value) -> keys.put(String.valueOf(key), value));
        }
        keys.putAll(whole);
        return keys;
    }

    /** The keys of a configuration with one layer like the target's, without those on biases and positions. */
    Map<String, @Nullable Object> layer() {
        Map<String, @Nullable Object> layer = new TreeMap<>();
        TAKEN_OVER.forEach((key, usual) -> layer.put(key, keys.getOrDefault(key, usual)));
        TOKENS.forEach(key -> layer.put(key, keys.get(key)));
        layer.put("head_dim", sizes.headSize());
        layer.put("hidden_size", sizes.hiddenSize());
        layer.put("intermediate_size", sizes.intermediateSize());
        layer.put("max_position_embeddings", sizes.maxPositions());
        layer.put("num_attention_heads", sizes.heads());
        layer.put("num_hidden_layers", 1);
        layer.put("num_key_value_heads", sizes.keyValueHeads());
        layer.put("rms_norm_eps", sizes.normEpsilon());
        layer.put("tie_word_embeddings", false);
        layer.put("vocab_size", sizes.vocabularySize());
        putVersion(layer);
        return layer;
    }

    /** Puts the release of transformers that wrote the target, whose keys the layer has. */
    void putVersion(Map<String, @Nullable Object> config) {
        if (keys.containsKey("transformers_version")) {
            config.put("transformers_version", keys.get("transformers_version"));
        }
    }

    /** As transformers 5 writes it. */
    Map<String, @Nullable Object> rotary() {
        RotaryConfig rotary = sizes.rotaryOfDraftHeads();
        Map<String, @Nullable Object> keys = new TreeMap<>(rotary.scaling().keys());
        keys.put("rope_theta", rotary.theta());
        return keys;
    }

    /** Torch's name of the type of the target's weights; fp32 where it is not said. */
    public String dtype() {
        Object dtype = keys.containsKey("dtype") ? keys.get("dtype") : keys.get("torch_dtype");
        return dtype == null ? "float32" : String.valueOf(dtype);
    }
}
