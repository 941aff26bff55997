package dev.anneal.engine.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code config.json} in both styles: that of transformers 5 ({@code rope_parameters}, {@code dtype}) and that of older releases
 * ({@code rope_theta}, {@code rope_scaling}, {@code torch_dtype}, no {@code head_dim}).
 */
final class ModelConfigReader {

    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final JsonNode config;

    private ModelConfigReader(Path file, JsonNode config) {
        this.file = file;
        this.config = config;
    }

    static ModelConfig read(Path file) throws IOException {
        JsonNode config;
        try {
            config = JSON.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new ModelConfigException(file, "is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!config.isObject()) {
            throw new ModelConfigException(file, "must be a JSON object");
        }
        return new ModelConfigReader(file, config).read();
    }

    private ModelConfig read() {
        Architecture architecture = architecture();
        UnsupportedKeys.refuse(file, config);
        int hidden = positive(config, "hidden_size");
        int heads = positive(config, "num_attention_heads");
        int keyValueHeads = config.hasNonNull("num_key_value_heads") ? positive(config, "num_key_value_heads") : heads;
        if (heads % keyValueHeads != 0) {
            throw refused("'num_attention_heads' %d must be a multiple of 'num_key_value_heads' %d"
                    .formatted(heads, keyValueHeads));
        }
        return new ModelConfig(
                architecture,
                positive(config, "vocab_size"),
                hidden,
                positive(config, "intermediate_size"),
                positive(config, "num_hidden_layers"),
                heads,
                keyValueHeads,
                headSize(hidden, heads),
                positive(config, "max_position_embeddings"),
                positiveNumber(config, "rms_norm_eps"),
                rotary(),
                config.path("tie_word_embeddings").asBoolean(false));
    }

    private Architecture architecture() {
        String name = config.path("architectures").path(0).asString("");
        return Architecture.named(name)
                .orElseThrow(() -> refused("architecture %s is not supported; supported: %s"
                        .formatted(name.isEmpty() ? "(none named)" : name, Architecture.supported())));
    }

    private int headSize(int hidden, int heads) {
        if (!config.hasNonNull("head_dim") && hidden % heads != 0) {
            throw refused("'hidden_size' %d must be a multiple of 'num_attention_heads' %d".formatted(hidden, heads));
        }
        int size = config.hasNonNull("head_dim") ? positive(config, "head_dim") : hidden / heads;
        if (size % 2 != 0) {
            throw refused("heads must have an even width to be rotated, found " + size);
        }
        return size;
    }

    private RotaryConfig rotary() {
        JsonNode own = config.path("rope_parameters");
        JsonNode scaling = own.isObject() ? own : config.path("rope_scaling");
        JsonNode theta = own.hasNonNull("rope_theta") ? own : config;
        String type = scaling.path("rope_type").asString(scaling.path("type").asString("default"));
        if (scaling.path("partial_rotary_factor").asDouble(1) != 1) {
            throw refused("'partial_rotary_factor' is %s; this engine supports 1 only"
                    .formatted(scaling.path("partial_rotary_factor")));
        }
        return new RotaryConfig(
                theta.hasNonNull("rope_theta") ? positiveNumber(theta, "rope_theta") : 10_000, llama3(type, scaling));
    }

    private RotaryConfig.@Nullable Llama3Scaling llama3(String type, JsonNode scaling) {
        return switch (type) {
            case "default" -> null;
            case "llama3" ->
                new RotaryConfig.Llama3Scaling(
                        positiveNumber(scaling, "factor"),
                        positiveNumber(scaling, "low_freq_factor"),
                        positiveNumber(scaling, "high_freq_factor"),
                        positive(scaling, "original_max_position_embeddings"));
            default -> throw refused("rope type '%s' is not supported; supported: default, llama3".formatted(type));
        };
    }

    private int positive(JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (!value.isInt() || value.asInt() < 1) {
            throw refused("'%s' must be a positive integer, found %s".formatted(key, shown(value)));
        }
        return value.asInt();
    }

    private double positiveNumber(JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (!value.isNumber() || !(value.asDouble() > 0)) {
            throw refused("'%s' must be a positive number, found %s".formatted(key, shown(value)));
        }
        return value.asDouble();
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "nothing" : value.toString();
    }

    private ModelConfigException refused(String message) {
        return new ModelConfigException(file, message);
    }
}
