package dev.anneal.engine.network.architecture;

/** The linear maps of a decoder layer, which adapters may target; a model has those of its {@link Projections}. */
public enum Projection {
    QUERY("q_proj", "self_attn", ProjectionGroup.ATTENTION_INPUT),
    KEY("k_proj", "self_attn", ProjectionGroup.ATTENTION_INPUT),
    VALUE("v_proj", "self_attn", ProjectionGroup.ATTENTION_INPUT),
    OUTPUT("o_proj", "self_attn", ProjectionGroup.ATTENTION_OUTPUT),
    GATE("gate_proj", "mlp", ProjectionGroup.FEED_FORWARD),
    UP("up_proj", "mlp", ProjectionGroup.FEED_FORWARD),
    DOWN("down_proj", "mlp", ProjectionGroup.DOWN),
    QUERY_KEY_VALUE("qkv_proj", "self_attn", ProjectionGroup.ATTENTION_INPUT),
    GATE_UP("gate_up_proj", "mlp", ProjectionGroup.FEED_FORWARD);

    private final String shortName;
    private final String block;
    private final ProjectionGroup group;

    Projection(String shortName, String block, ProjectionGroup group) {
        this.shortName = shortName;
        this.block = block;
        this.group = group;
    }

    /** Name by which clients and PEFT target it, such as {@code q_proj}. */
    public String shortName() {
        return shortName;
    }

    public ProjectionGroup group() {
        return group;
    }

    /** Module path in a Hugging Face checkpoint, such as {@code model.layers.3.self_attn.q_proj}. */
    public String modulePath(int layer) {
        return "model.layers." + layer + "." + pathInLayer();
    }

    /** Module path in its layer, such as {@code self_attn.q_proj}. */
    public String pathInLayer() {
        return block + "." + shortName;
    }

    /** Name of its weight in a Hugging Face checkpoint. */
    public String weightName(int layer) {
        return modulePath(layer) + ".weight";
    }

    /**
     * PEFT's name of a matrix of an adapter of this projection.
     *
     * @param matrix {@code A} or {@code B}
     */
    public String adapterName(int layer, char matrix) {
        return "base_model.model." + modulePath(layer) + ".lora_" + matrix + ".weight";
    }

    /** Columns of the weight. */
    public int inputSize(LayerShape shape) {
        return switch (this) {
            case QUERY, KEY, VALUE, QUERY_KEY_VALUE -> shape.attentionInputSize();
            case GATE, UP, GATE_UP -> shape.hiddenSize();
            case OUTPUT -> shape.heads() * shape.headSize();
            case DOWN -> shape.intermediateSize();
        };
    }

    /** Rows of the weight. */
    public int outputSize(LayerShape shape) {
        return switch (this) {
            case QUERY -> shape.heads() * shape.headSize();
            case KEY, VALUE -> shape.keyValueHeads() * shape.headSize();
            case OUTPUT, DOWN -> shape.hiddenSize();
            case QUERY_KEY_VALUE -> (shape.heads() + 2 * shape.keyValueHeads()) * shape.headSize();
            case GATE, UP -> shape.intermediateSize();
            case GATE_UP -> 2 * shape.intermediateSize();
        };
    }
}
