package dev.anneal.engine.network.architecture;

import dev.anneal.engine.format.json.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads {@code config.json} in both styles, that of transformers 5 ({@code rope_parameters}, {@code dtype}) and that of
 * earlier releases ({@code rope_theta}, {@code rope_scaling}, {@code torch_dtype}, no {@code head_dim}).
 */
record ModelConfigReader(ConfigKeys keys, boolean multimodal) {

    private static final long MOST_BYTES = 8L << 20;

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
        ConfigKeys keys = new ConfigKeys(file, config);
        return Multimodal.named(className(keys))
                .map(model -> new ModelConfigReader(new ConfigKeys(file, model.languageModel(keys)), true))
                .orElseGet(() -> new ModelConfigReader(keys, false))
                .read();
    }

    private ModelConfig read() {
        Architecture architecture = architecture();
        UnsupportedKeys.refuse(keys.file(), keys.config(), architecture);
        architecture.defaults().forEach((key, value) -> {
            if (!keys.config().has(key)) {
                keys.config().set(key, JsonMapper.shared().valueToTree(value));
            }
        });
        int hidden = keys.positive("hidden_size");
        int heads = keys.positive("num_attention_heads");
        int keyValueHeads = keys.has("num_key_value_heads") ? keys.positive("num_key_value_heads") : heads;
        if (heads % keyValueHeads != 0) {
            throw keys.refused("'num_attention_heads' %d must be a multiple of 'num_key_value_heads' %d"
                    .formatted(heads, keyValueHeads));
        }
        int layers = keys.positive(keys.config(), "num_hidden_layers", MOST_LAYERS);
        double residual = factor("residual_multiplier");
        int headSize = headSize(hidden, heads);
        List<LayerKind> kinds = kinds(architecture, layers, headSize);
        return new ModelConfig(
                architecture,
                keys.positive("vocab_size"),
                hidden,
                keys.positive("intermediate_size"),
                layers,
                heads,
                keyValueHeads,
                headSize,
                maxPositions(kinds),
                keys.positiveNumber("rms_norm_eps") / (residual * residual),
                multipliers(architecture, headSize, residual),
                keys.get("tie_word_embeddings").asBoolean(false),
                paddingToken(),
                biased(architecture),
                kinds,
                keys.has("quantization_config"),
                multimodal);
    }

    private Multipliers multipliers(Architecture architecture, int headSize, double residual) {
        boolean scaled = architecture.spec().scaledEmbedding();
        return new Multipliers(
                attentionMultiplier(architecture, headSize),
                scaled ? Math.sqrt(keys.positive("hidden_size")) : factor("embedding_multiplier") / residual,
                scaled,
                factor("logits_scaling"));
    }

    private double attentionMultiplier(Architecture architecture, int headSize) {
        if (architecture.reads("query_pre_attn_scalar")) {
            return Math.pow(keys.positiveNumber("query_pre_attn_scalar"), -0.5);
        }
        return keys.positiveNumber(
                keys.config(),
                "attention_multiplier",
                Multipliers.plain(headSize).attention());
    }

    private double factor(String key) {
        return keys.positiveNumber(keys.config(), key, 1);
    }

    private int maxPositions(List<LayerKind> kinds) {
        int scaled = kinds.stream()
                .mapToInt(kind -> kind.rotary().scaling().maxPositions())
                .reduce(Integer.MAX_VALUE, Math::min);
        return Math.min(keys.positive("max_position_embeddings"), scaled);
    }

    private List<LayerKind> kinds(Architecture architecture, int layers, int headSize) {
        List<Integer> windows = architecture.layerRules().windows().windows(keys, layers);
        List<RotaryConfig> rotary =
                new RotaryReader(keys, architecture.layerRules().rotary(), headSize).ofLayers(windows);
        return IntStream.range(0, layers)
                .mapToObj(layer -> new LayerKind(windows.get(layer), rotary.get(layer)))
                .toList();
    }

    /** A negative id counts from the end, as in torch; an id outside of the vocabulary means none. */
    private int paddingToken() {
        int vocabulary = keys.positive("vocab_size");
        int given = keys.get("pad_token_id").asInt(vocabulary);
        int token = given < 0 ? given + vocabulary : given;
        return token >= 0 && token < vocabulary ? token : -1;
    }

    private Set<ProjectionGroup> biased(Architecture architecture) {
        Set<ProjectionGroup> biased = EnumSet.noneOf(ProjectionGroup.class);
        biased.addAll(architecture.biased());
        architecture.biasKeys().forEach((key, groups) -> {
            if (keys.get(key).asBoolean(false)) {
                biased.addAll(groups);
            }
        });
        return biased;
    }

    private static String className(ConfigKeys keys) {
        return keys.get("architectures").path(0).asString("");
    }

    private Architecture architecture() {
        String name = className(keys);
        return Architecture.named(name)
                .orElseThrow(() -> keys.refused("architecture %s is not supported; supported: %s"
                        .formatted(name.isEmpty() ? "(none named)" : name, Architecture.supported())));
    }

    private int headSize(int hidden, int heads) {
        if (!keys.has("head_dim") && hidden % heads != 0) {
            throw keys.refused(
                    "'hidden_size' %d must be a multiple of 'num_attention_heads' %d".formatted(hidden, heads));
        }
        int size = keys.has("head_dim") ? keys.positive("head_dim") : hidden / heads;
        if (size % 2 != 0) {
            throw keys.refused("heads must have an even width to be rotated, found " + size);
        }
        if ((long) size * heads > ConfigKeys.LARGEST) {
            throw keys.refused(
                    "%d heads of width %d are wider than %d together".formatted(heads, size, ConfigKeys.LARGEST));
        }
        return size;
    }
}
