package dev.anneal.engine.network.architecture;

import java.util.Set;

/** How a family's {@code config.json} determines the rotary embedding of each layer. */
@SuppressWarnings("ImmutableEnumChecker") // sets are those of Set.of
enum RotaryRule {
    /** All layers have the same. */
    ALIKE,
    /** As {@link #ALIKE}, and queries grow with their position by {@code llama_4_scaling_beta}. */
    GROWING_QUERIES("llama_4_scaling_beta", "max_position_embeddings"),
    /**
     * As {@link #ALIKE}, of the first {@code partial_rotary_factor} of each head; scaled by {@code longrope} if at all.
     */
    PARTIAL("short_factor", "long_factor"),
    /**
     * All have the same but those without one: those with 0 in {@code no_rope_layers}, or without such a list each
     * {@code no_rope_layer_interval}-th.
     */
    SKIPPED_LAYERS,
    /** Where {@code sliding_window} is given, layers without a window do not rotate. */
    ONLY_IN_WINDOWS,
    /** Layers with a window have their own, {@code rope_local_base_freq} in the style of earlier releases. */
    OWN_IN_WINDOWS,
    /** Layers with a window have their own, which in the style of earlier releases differs in not being scaled. */
    UNSCALED_IN_WINDOWS;

    private final Set<String> keys;

    RotaryRule(String... keys) {
        this.keys = Set.of(keys);
    }

    /** Whether its {@code rope_parameters} may have a key that others refuse. */
    boolean knows(String key) {
        return keys.contains(key);
    }

    /** Whether {@code rope_parameters} has an object for each type of layer. */
    boolean isByLayerType() {
        return this == OWN_IN_WINDOWS || this == UNSCALED_IN_WINDOWS;
    }

    /** Key, in the style of earlier releases, of the base in layers with a window. */
    String thetaInWindows() {
        return this == OWN_IN_WINDOWS ? "rope_local_base_freq" : "rope_theta";
    }
}
