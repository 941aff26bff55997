package dev.anneal.engine.network.architecture;

/** Names of a checkpoint's weights that belong to no layer. */
public final class OuterWeights {

    /** Input embedding, [V, H]. */
    public static final String EMBEDDING = "model.embed_tokens.weight";

    /** Norm behind the last layer, [H]. */
    public static final String NORM = "model.norm.weight";

    /** Output embedding, [V, H]; where it is the input embedding, it is not stored or a copy. */
    public static final String HEAD = "lm_head.weight";

    private OuterWeights() {}
}
