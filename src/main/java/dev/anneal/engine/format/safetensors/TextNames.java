package dev.anneal.engine.format.safetensors;

/**
 * Names of the tensors of multimodal checkpoints. Releases of transformers store the language model under different
 * prefixes; without them its tensors are named as in a checkpoint of the language model alone.
 */
public final class TextNames {

    private static final String MODEL = "model.";
    private static final String LANGUAGE_MODEL = "language_model.";
    private static final String LAYERS = "layers.";

    private TextNames() {}

    /**
     * The name within the language model; a name without such a prefix is returned as it is.
     *
     * @param stored such as {@code language_model.model.norm.weight}, {@code language_model.lm_head.weight} or
     *     {@code model.language_model.norm.weight}
     */
    public static String withinLanguageModel(String stored) {
        if (stored.startsWith(LANGUAGE_MODEL)) {
            return stored.substring(LANGUAGE_MODEL.length());
        }
        return stored.startsWith(MODEL + LANGUAGE_MODEL)
                ? MODEL + stored.substring(MODEL.length() + LANGUAGE_MODEL.length())
                : stored;
    }

    /**
     * The name of a layer's module, or of a matrix of its adapter, in the multimodal models of transformers 4.52 and
     * later.
     *
     * @param plain name where the language model is alone, such as {@code model.layers.0.self_attn.q_proj}
     */
    public static String inMultimodalModel(String plain) {
        return plain.replace(MODEL + LAYERS, MODEL + LANGUAGE_MODEL + LAYERS);
    }
}
