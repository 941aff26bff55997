package dev.anneal.engine.network.architecture;

import java.util.Arrays;
import java.util.List;

/** Projections of a decoder layer that read the same input and are therefore computed as one matrix, in this order. */
public enum ProjectionGroup {
    ATTENTION_INPUT,
    ATTENTION_OUTPUT,
    FEED_FORWARD,
    DOWN;

    /** The projections in the order of their rows in the group's matrix. */
    public List<Projection> projections() {
        return Arrays.stream(Projection.values())
                .filter(projection -> projection.group() == this)
                .toList();
    }

    /** Width of the shared input. */
    public int inputSize(LayerShape shape) {
        return projections().get(0).inputSize(shape);
    }

    /** Sum of the output widths. */
    public int outputSize(LayerShape shape) {
        return projections().stream()
                .mapToInt(projection -> projection.outputSize(shape))
                .sum();
    }
}
