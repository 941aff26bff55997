package dev.anneal.engine.network.architecture;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** How a family's {@code config.json} determines which layers attend to a sliding window only. */
enum WindowRule {
    /** No layer does. */
    NO_LAYER,
    /** Every layer does, unless {@code sliding_window} is null. */
    EVERY_LAYER,
    /**
     * None does unless {@code use_sliding_window} is true; then those listed in {@code layer_types} do, or without such
     * a list all from {@code max_window_layers} on.
     */
    SWITCHED,
    /** As {@link #SWITCHED}, but a window needs the list. */
    LISTED,
    /**
     * Those listed in {@code layer_types} do, or without such a list all but each {@code sliding_window_pattern}-th.
     */
    PATTERN,
    /** As {@link #PATTERN}, but without such a list all but each fourth. */
    FOURTHS;

    /**
     * For each layer the number of tokens that a query sees, including itself; 0 for all.
     *
     * @throws ModelConfigException if the keys contradict each other
     */
    List<Integer> windows(ConfigKeys keys, int layers) {
        int window = window(keys);
        if (keys.has("layer_types")) {
            return listed(keys, keys.get("layer_types"), window, layers);
        }
        if (this == LISTED && window > 0) {
            throw keys.refused("'use_sliding_window' needs 'layer_types', which layers slide");
        }
        if (this == PATTERN || this == FOURTHS) {
            int pattern = this == FOURTHS ? 4 : keys.positive("sliding_window_pattern");
            return patterned(pattern, pattern == 1 ? 0 : keys.positive("sliding_window"), layers);
        }
        JsonNode first = keys.get("max_window_layers");
        if (this == SWITCHED && window > 0 && !first.isInt()) {
            throw keys.refused("'max_window_layers' must be an integer, found " + first);
        }
        List<Integer> windows = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            boolean slides = this != SWITCHED || layer >= first.asInt(0);
            windows.add(slides ? window : 0);
        }
        return windows;
    }

    private int window(ConfigKeys keys) {
        boolean on = this == EVERY_LAYER
                || this == PATTERN
                || this == FOURTHS
                || ((this == SWITCHED || this == LISTED)
                        && keys.get("use_sliding_window").asBoolean(false));
        JsonNode value = keys.get("sliding_window");
        return !on || value.isNull() || value.isMissingNode() ? 0 : keys.positive("sliding_window");
    }

    private static List<Integer> patterned(int pattern, int window, int layers) {
        List<Integer> windows = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            windows.add((layer + 1) % pattern == 0 ? 0 : window);
        }
        return windows;
    }

    /**
     * The list takes precedence in families for which transformers reads it; in others it must agree with the window.
     */
    private List<Integer> listed(ConfigKeys keys, JsonNode types, int window, int layers) {
        if (!types.isArray() || types.size() != layers) {
            throw keys.refused("'layer_types' must name the attention of each of %d layers".formatted(layers));
        }
        List<Integer> windows = new ArrayList<>();
        for (JsonNode type : types) {
            boolean slides = type.asString("").equals("sliding_attention");
            boolean whole = type.asString("").equals("full_attention");
            if (slides ? window == 0 : !whole || (this == EVERY_LAYER && window > 0)) {
                throw keys.refused(
                        "'layer_types' names %s, which this family does not have where its sliding window is %s"
                                .formatted(type, window == 0 ? "none" : window));
            }
            windows.add(slides ? window : 0);
        }
        return windows;
    }
}
