package dev.anneal.engine.network.architecture;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads the rotary embeddings of a {@code config.json}. */
record RotaryReader(ConfigKeys keys, RotaryRule rule, int headSize) {

    private static final Set<String> KNOWN = Set.of(
            "rope_type",
            "type",
            "rope_theta",
            "partial_rotary_factor",
            "factor",
            "low_freq_factor",
            "high_freq_factor",
            "original_max_position_embeddings",
            "beta_fast",
            "beta_slow",
            "attention_factor",
            "mscale",
            "mscale_all_dim",
            "truncate");

    private static final List<String> LAYER_TYPES = List.of("full_attention", "sliding_attention");

    /** Of OLMo 3, where its configuration does not say it. */
    private static final int BASE_IN_WINDOWS = 500_000;

    private static final String PARTIAL = "partial_rotary_factor";

    private static final String POSITIONS = "original_max_position_embeddings";

    /** @param windows of each layer, 0 for none */
    List<RotaryConfig> ofLayers(List<Integer> windows) {
        RotaryConfig whole = rule.isByLayerType() ? ofType("full_attention", "rope_theta", true) : ofAll();
        RotaryConfig windowed =
                rule.isByLayerType() ? ofType("sliding_attention", rule.thetaInWindows(), false) : whole;
        return IntStream.range(0, windows.size())
                .mapToObj(layer -> {
                    RotaryConfig own = windows.get(layer) > 0 ? windowed : whole;
                    return rotates(layer, windows) ? own : RotaryConfig.NONE;
                })
                .toList();
    }

    private boolean rotates(int layer, List<Integer> windows) {
        return switch (rule) {
            case SKIPPED_LAYERS -> isNotSkipped(layer, windows.size());
            case ONLY_IN_WINDOWS -> windows.get(layer) > 0 || !keys.has("sliding_window");
            case ALIKE, GROWING_QUERIES, PARTIAL, OWN_IN_WINDOWS, UNSCALED_IN_WINDOWS -> true;
        };
    }

    private boolean isNotSkipped(int layer, int layers) {
        if (!keys.has("no_rope_layers")) {
            return (layer + 1) % keys.positive("no_rope_layer_interval") != 0;
        }
        JsonNode rotated = keys.get("no_rope_layers");
        JsonNode own = rotated.path(layer);
        if (rotated.size() != layers || !own.isInt() || own.asInt() < 0 || own.asInt() > 1) {
            throw keys.refused(
                    "'no_rope_layers' must be 0 or 1 for each of %d layers, found %s".formatted(layers, rotated));
        }
        return own.asInt() == 1;
    }

    /** If both styles are present, that of earlier releases applies, as in transformers. */
    private RotaryConfig ofAll() {
        JsonNode older = object("rope_scaling", keys.get("rope_scaling"));
        JsonNode newer = object("rope_parameters", keys.get("rope_parameters"));
        return rotary(older.isEmpty() ? newer : older, "rope_theta");
    }

    /**
     * Of the layers of one type.
     *
     * @param thetaKey key of its base in the style of earlier releases
     * @param scaled whether {@code rope_scaling} of that style is for these layers; it adds to the object of the newer
     */
    private RotaryConfig ofType(String layerType, String thetaKey, boolean scaled) {
        JsonNode all = keys.get("rope_parameters");
        for (String name : all.propertyNames()) {
            if (!LAYER_TYPES.contains(name)) {
                throw keys.refused(
                        "'rope_parameters' has the key '%s', which is none of %s".formatted(name, LAYER_TYPES));
            }
        }
        ObjectNode own = JsonMapper.shared().createObjectNode();
        putAll(own, object("rope_parameters." + layerType, all.path(layerType)));
        if (scaled) {
            JsonNode older = object("rope_scaling", keys.get("rope_scaling"));
            if (older.has("type") && !older.has("rope_type")) {
                throw keys.refused(
                        "'rope_scaling' has 'type', which transformers ignores in this family; use 'rope_type'");
            }
            putAll(own, older);
        } else if (rule == RotaryRule.UNSCALED_IN_WINDOWS && !own.has("rope_theta")) {
            refuseOtherBase(thetaKey);
        }
        if (!own.path("truncate").asBoolean(true)) {
            throw keys.refused("'truncate' is false, which transformers ignores in this family");
        }
        return rotary(own, thetaKey);
    }

    /** Releases of transformers take different bases for layers with a window. */
    private void refuseOtherBase(String thetaKey) {
        if (keys.positiveNumber(thetaKey) != BASE_IN_WINDOWS) {
            throw keys.refused("'%s' is %s; other bases than %d must be in 'rope_parameters' for each type of layer"
                    .formatted(thetaKey, keys.get(thetaKey), BASE_IN_WINDOWS));
        }
    }

    private static void putAll(ObjectNode to, JsonNode from) {
        from.properties().forEach(each -> to.set(each.getKey(), each.getValue()));
    }

    /** An object, checked to have known keys only; may be null or missing. */
    private JsonNode object(String key, JsonNode node) {
        if (!node.isObject() && !node.isNull() && !node.isMissingNode()) {
            throw keys.refused("'%s' must be an object, found %s".formatted(key, node));
        }
        for (String name : node.propertyNames()) {
            if (!KNOWN.contains(name) && !rule.knows(name)) {
                throw keys.refused("'%s' has the key '%s', which this engine does not compute".formatted(key, name));
            }
        }
        return node;
    }

    /** @param thetaKey of the base, if the object does not name it */
    private RotaryConfig rotary(JsonNode object, String thetaKey) {
        int width = width(object);
        double theta = object.hasNonNull("rope_theta")
                ? keys.positiveNumber(object, "rope_theta")
                : keys.has(thetaKey) ? keys.positiveNumber(thetaKey) : 10_000;
        RotaryScaling scaling = rule == RotaryRule.PARTIAL ? scalingOfLongRope(object, width) : scaling(object, theta);
        return new RotaryConfig(theta, scaling, queries(object), headSize - width);
    }

    /** Of the part of each head that is rotated. */
    private int width(JsonNode object) {
        JsonNode node = object.hasNonNull(PARTIAL) ? object : keys.config();
        double share = keys.positiveNumber(node, PARTIAL, 1);
        if (share != 1 && rule != RotaryRule.PARTIAL) {
            throw keys.refused("'%s' is %s; this engine supports 1 only in this family".formatted(PARTIAL, share));
        }
        int width = (int) (headSize * share);
        if (share > 1 || width < 2 || width % 2 != 0) {
            throw keys.refused("'%s' is %s, which rotates %d of a head's %d values; an even number of them must be"
                    .formatted(PARTIAL, share, width, headSize));
        }
        return width;
    }

    private QueryScale queries(JsonNode object) {
        return rule == RotaryRule.GROWING_QUERIES
                ? new QueryScale(keys.positiveNumber(object, "llama_4_scaling_beta"), originalPositions(object))
                : QueryScale.NONE;
    }

    private RotaryScaling scaling(JsonNode object, double theta) {
        String type = object.path("rope_type").asString(object.path("type").asString("default"));
        return switch (type) {
            case "default" -> new RotaryScaling.None();
            case "linear" -> new RotaryScaling.Linear(keys.positiveNumber(object, "factor"));
            case "llama3" ->
                new RotaryScaling.Llama3(
                        keys.positiveNumber(object, "factor"),
                        keys.positiveNumber(object, "low_freq_factor"),
                        keys.positiveNumber(object, "high_freq_factor"),
                        originalPositions(object));
            case "yarn" -> yarn(object, theta);
            default ->
                throw keys.refused(
                        "rope type '%s' is not supported; supported: default, linear, llama3, yarn".formatted(type));
        };
    }

    /** Earlier releases of Phi-3 call it otherwise. */
    private RotaryScaling scalingOfLongRope(JsonNode object, int width) {
        String type = object.path("rope_type").asString(object.path("type").asString("default"));
        return switch (type) {
            case "default" -> new RotaryScaling.None();
            case "longrope", "su", "yarn" -> longRope(object, width / 2);
            default ->
                throw keys.refused(
                        "rope type '%s' is not supported in this family; supported: default, longrope".formatted(type));
        };
    }

    private RotaryScaling longRope(JsonNode object, int pairs) {
        int positions = originalPositions(object);
        double factor =
                keys.positiveNumber(object, "factor", (double) keys.positive("max_position_embeddings") / positions);
        return new RotaryScaling.LongRope(
                factors(object, "short_factor", pairs),
                factors(object, "long_factor", pairs),
                positions,
                keys.positiveNumber(
                        object, "attention_factor", RotaryScaling.LongRope.attentionFactor(factor, positions)));
    }

    /** One for each pair of values that is rotated. */
    private List<Double> factors(JsonNode object, String key, int pairs) {
        JsonNode list = object.path(key);
        if (list.size() != pairs || list.valueStream().anyMatch(each -> !each.isNumber() || !(each.asDouble() > 0))) {
            throw keys.refused("'%s' must be a list of %d positive numbers, found %s"
                    .formatted(key, pairs, ConfigKeys.shown(list)));
        }
        return list.valueStream().map(JsonNode::asDouble).toList();
    }

    private RotaryScaling yarn(JsonNode object, double theta) {
        if (theta <= 1) {
            throw keys.refused("rope type 'yarn' needs a 'rope_theta' above 1, found " + theta);
        }
        double factor = keys.positiveNumber(object, "factor");
        boolean weighed = object.path("mscale").asDouble(0) != 0
                && object.path("mscale_all_dim").asDouble(0) != 0;
        double attention = weighed
                ? RotaryScaling.Yarn.attentionFactor(factor, keys.positiveNumber(object, "mscale"))
                        / RotaryScaling.Yarn.attentionFactor(factor, keys.positiveNumber(object, "mscale_all_dim"))
                : RotaryScaling.Yarn.attentionFactor(factor, 1);
        return new RotaryScaling.Yarn(
                factor,
                keys.positiveNumber(object, "beta_fast", 32),
                keys.positiveNumber(object, "beta_slow", 1),
                originalPositions(object),
                object.path("truncate").asBoolean(true),
                keys.positiveNumber(object, "attention_factor", attention));
    }

    /** Beside the object of all layers it has precedence, as in transformers. */
    private int originalPositions(JsonNode object) {
        if (!rule.isByLayerType() && keys.has(POSITIONS)) {
            return keys.positive(POSITIONS);
        }
        return object.hasNonNull(POSITIONS)
                ? keys.positive(object, POSITIONS, ConfigKeys.LARGEST)
                : keys.positive("max_position_embeddings");
    }
}
