package dev.anneal.engine.network.architecture;

/** Projections of a decoder layer that read the same input and are therefore computed as one matrix, in this order. */
public enum ProjectionGroup {
    ATTENTION_INPUT,
    ATTENTION_OUTPUT,
    FEED_FORWARD,
    DOWN;

    /** Width of the shared input. */
    public int inputSize(LayerShape shape) {
        return shape.projections().of(this).get(0).inputSize(shape);
    }

    /** Sum of the output widths. */
    public int outputSize(LayerShape shape) {
        return shape.projections().of(this).stream()
                .mapToInt(projection -> projection.outputSize(shape))
                .sum();
    }
}
