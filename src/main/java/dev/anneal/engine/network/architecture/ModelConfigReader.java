package dev.anneal.engine.network.architecture;

import dev.anneal.engine.format.json.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads {@code config.json} in both styles, that of transformers 5 ({@code rope_parameters}, {@code dtype}) and that of
 * earlier releases ({@code rope_theta}, {@code rope_scaling}, {@code torch_dtype}, no {@code head_dim}).
 */
record ModelConfigReader(Path file, ObjectNode config) {

    private static final Set<String> ROTARY_KEYS = Set.of(
            "rope_type",
            "type",
            "rope_theta",
            "partial_rotary_factor",
            "factor",
            "low_freq_factor",
            "high_freq_factor",
            "original_max_position_embeddings");

    private static final List<String> LAYER_TYPES = List.of("full_attention", "sliding_attention");

    private static final long MOST_BYTES = 8L << 20;

    /** Above the sizes of any model, and small enough that parameters can be counted in a long. */
    private static final int LARGEST = 1 << 24;

    private static final int MOST_LAYERS = 1_000;

    static ModelConfig read(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new ModelConfigException(
                    file, "has %,d bytes, at most %,d are read".formatted(Files.size(file), MOST_BYTES));
        }
        JsonNode config;
        try {
            config = JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new ModelConfigException(file, "is not JSON: " + JsonFault.of(e), e);
        }
        if (!(config instanceof ObjectNode object)) {
            throw new ModelConfigException(file, "must be a JSON object");
        }
        return read(file, object);
    }

    static ModelConfig read(Path file, ObjectNode config) {
        return new ModelConfigReader(file, config).read();
    }

    private ModelConfig read() {
        Architecture architecture = architecture();
        UnsupportedKeys.refuse(file, config, architecture);
        JsonNode gate = config.path("hidden_activation");
        if (architecture.spec().gate() == DecoderSpec.Gate.GELU_TANH
                && !gate.asString("gelu_pytorch_tanh").equals("gelu_pytorch_tanh")) {
            throw refused("'hidden_activation' is %s; this engine supports gelu_pytorch_tanh only".formatted(gate));
        }
        architecture.defaults().forEach((key, value) -> {
            if (!config.has(key)) {
                config.set(key, JsonMapper.shared().valueToTree(value));
            }
        });
        int hidden = positive(config, "hidden_size");
        int heads = positive(config, "num_attention_heads");
        int keyValueHeads = config.hasNonNull("num_key_value_heads") ? positive(config, "num_key_value_heads") : heads;
        if (heads % keyValueHeads != 0) {
            throw refused("'num_attention_heads' %d must be a multiple of 'num_key_value_heads' %d"
                    .formatted(heads, keyValueHeads));
        }
        int layers = positive(config, "num_hidden_layers", MOST_LAYERS);
        double residual = factor("residual_multiplier");
        return new ModelConfig(
                architecture,
                positive(config, "vocab_size"),
                hidden,
                positive(config, "intermediate_size"),
                layers,
                heads,
                keyValueHeads,
                headSize(hidden, heads),
                positive(config, "max_position_embeddings"),
                positiveNumber(config, "rms_norm_eps") / (residual * residual),
                multipliers(architecture, headSize(hidden, heads), residual),
                config.path("tie_word_embeddings").asBoolean(false),
                paddingToken(),
                biased(architecture),
                kinds(architecture, architecture.windowRule().windows(file, config, layers)),
                config.hasNonNull("quantization_config"));
    }

    private Multipliers multipliers(Architecture architecture, int headSize, double residual) {
        boolean scaled = architecture.spec().scaledEmbedding();
        return new Multipliers(
                attentionMultiplier(architecture, headSize),
                scaled ? Math.sqrt(positive(config, "hidden_size")) : factor("embedding_multiplier") / residual,
                scaled,
                factor("logits_scaling"));
    }

    private double attentionMultiplier(Architecture architecture, int headSize) {
        if (architecture.reads("query_pre_attn_scalar")) {
            return Math.pow(positiveNumber(config, "query_pre_attn_scalar"), -0.5);
        }
        return config.hasNonNull("attention_multiplier")
                ? positiveNumber(config, "attention_multiplier")
                : Multipliers.plain(headSize).attention();
    }

    private double factor(String key) {
        return config.hasNonNull(key) ? positiveNumber(config, key) : 1;
    }

    /** Layers without rotary embedding are those with 0 in {@code no_rope_layers}, or every so many-th. */
    private List<LayerKind> kinds(Architecture architecture, List<Integer> windows) {
        boolean hasTwo = architecture.reads("rope_local_base_freq");
        RotaryConfig rotary = hasTwo ? rotaryOf("full_attention", "rope_theta") : rotary();
        RotaryConfig local = hasTwo ? rotaryOf("sliding_attention", "rope_local_base_freq") : rotary;
        List<LayerKind> kinds = new ArrayList<>();
        for (int layer = 0; layer < windows.size(); layer++) {
            boolean isRotated = !architecture.reads("no_rope_layers") || rotates(layer, windows.size());
            RotaryConfig own = windows.get(layer) > 0 ? local : rotary;
            kinds.add(new LayerKind(windows.get(layer), isRotated ? own : RotaryConfig.NONE));
        }
        return kinds;
    }

    /**
     * Of the layers of one type, where those with a window have a rotary embedding of their own.
     *
     * @param thetaKey key of its base in the style of earlier releases, whose {@code rope_scaling} is for layers
     *     without a window, and adds to the object of the newer style
     */
    private RotaryConfig rotaryOf(String layerType, String thetaKey) {
        JsonNode all = config.path("rope_parameters");
        for (String name : all.propertyNames()) {
            if (!LAYER_TYPES.contains(name)) {
                throw refused("'rope_parameters' has the key '%s', which is none of %s".formatted(name, LAYER_TYPES));
            }
        }
        ObjectNode own = JsonMapper.shared().createObjectNode();
        putAll(own, rotaryObject("rope_parameters." + layerType, all.path(layerType)));
        if (thetaKey.equals("rope_theta")) {
            putAll(own, rotaryObject("rope_scaling"));
        }
        return rotary(own, thetaKey, true);
    }

    private static void putAll(ObjectNode to, JsonNode from) {
        from.properties().forEach(each -> to.set(each.getKey(), each.getValue()));
    }

    private boolean rotates(int layer, int layers) {
        if (!config.hasNonNull("no_rope_layers")) {
            return (layer + 1) % positive(config, "no_rope_layer_interval") != 0;
        }
        JsonNode rotated = config.path("no_rope_layers");
        JsonNode own = rotated.path(layer);
        if (rotated.size() != layers || !own.isInt() || own.asInt() < 0 || own.asInt() > 1) {
            throw refused("'no_rope_layers' must be 0 or 1 for each of %d layers, found %s".formatted(layers, rotated));
        }
        return own.asInt() == 1;
    }

    /** A negative id counts from the end, as in torch; an id outside of the vocabulary means none. */
    private int paddingToken() {
        int vocabulary = positive(config, "vocab_size");
        int given = config.path("pad_token_id").asInt(vocabulary);
        int token = given < 0 ? given + vocabulary : given;
        return token >= 0 && token < vocabulary ? token : -1;
    }

    private Set<ProjectionGroup> biased(Architecture architecture) {
        Set<ProjectionGroup> biased = EnumSet.noneOf(ProjectionGroup.class);
        biased.addAll(architecture.biased());
        architecture.biasKeys().forEach((key, groups) -> {
            if (config.path(key).asBoolean(false)) {
                biased.addAll(groups);
            }
        });
        return biased;
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
        if ((long) size * heads > LARGEST) {
            throw refused("%d heads of width %d are wider than %d together".formatted(heads, size, LARGEST));
        }
        return size;
    }

    /** If both styles are present, that of earlier releases applies, as in transformers. */
    private RotaryConfig rotary() {
        JsonNode older = rotaryObject("rope_scaling");
        JsonNode newer = rotaryObject("rope_parameters");
        return rotary(older.isEmpty() ? newer : older, "rope_theta", false);
    }

    /**
     * @param thetaKey of the base, if the object does not name it
     * @param linear whether frequencies may be divided
     */
    private RotaryConfig rotary(JsonNode scaling, String thetaKey, boolean linear) {
        String type = scaling.path("rope_type").asString(scaling.path("type").asString("default"));
        if (scaling.path("partial_rotary_factor").asDouble(1) != 1) {
            throw refused("'partial_rotary_factor' is %s; this engine supports 1 only"
                    .formatted(scaling.path("partial_rotary_factor")));
        }
        double base = scaling.hasNonNull("rope_theta")
                ? positiveNumber(scaling, "rope_theta")
                : config.hasNonNull(thetaKey) ? positiveNumber(config, thetaKey) : 10_000;
        return linear && type.equals("linear")
                ? new RotaryConfig(base, positiveNumber(scaling, "factor"), null)
                : new RotaryConfig(base, 1, llama3(type, scaling));
    }

    /** The object under a key, checked to have known keys only; may be null or missing. */
    private JsonNode rotaryObject(String key) {
        return rotaryObject(key, config.path(key));
    }

    private JsonNode rotaryObject(String key, JsonNode node) {
        if (!node.isObject() && !node.isNull() && !node.isMissingNode()) {
            throw refused("'%s' must be an object, found %s".formatted(key, node));
        }
        for (String name : node.propertyNames()) {
            if (!ROTARY_KEYS.contains(name)) {
                throw refused("'%s' has the key '%s', which this engine does not compute".formatted(key, name));
            }
        }
        return node;
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
        return positive(node, key, LARGEST);
    }

    private int positive(JsonNode node, String key, int largest) {
        JsonNode value = node.path(key);
        if (!value.isInt() || value.asInt() < 1) {
            throw refused("'%s' must be a positive integer, found %s".formatted(key, shown(value)));
        }
        if (value.asInt() > largest) {
            throw refused("'%s' must be at most %d, found %s".formatted(key, largest, shown(value)));
        }
        return value.asInt();
    }

    private double positiveNumber(JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (!value.isNumber() || !(value.asDouble() > 0) || Double.isInfinite(value.asDouble())) {
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
