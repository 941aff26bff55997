package dev.anneal.engine.network.draft;

import java.util.Locale;

/**
 * What draft heads of one kind do differently; the first four belong to EAGLE-3 and are keys of Speculators'
 * {@code config.json}.
 */
public enum EagleSwitch {
    /** The layer's residual is the normed state. */
    NORM_BEFORE_RESIDUAL,
    /** One norm of all streams before fc. */
    NORM_BEFORE_FC,
    /** A norm of each stream before fc. */
    FC_NORM,
    /** The next step reads the state after the final norm. */
    NORM_OUTPUT,
    /** EAGLE-1: the layer's attention reads a normed input, as a decoder's layers do. */
    INPUT_NORM,
    /** EAGLE-1: fc has a bias. */
    FC_BIAS;

    /** Its key in {@code config.json}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
