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
    public int inputSize(ModelConfig config) {
        return projections().get(0).inputSize(config);
    }

    /** Sum of the output widths. */
    public int outputSize(ModelConfig config) {
        return projections().stream()
                .mapToInt(projection -> projection.outputSize(config))
                .sum();
    }
}
