package dev.anneal.engine.network.architecture;

/**
 * Number of values per token in a layer's pass; the base of memory estimates.
 *
 * @param hidden of the residual stream
 * @param queryKeyValue of queries, keys and values together
 * @param attended of the output of attention
 * @param feedForward of the gate
 * @param normedOutputs whether the outputs of attention and feed-forward are normed
 */
public record LayerWidths(int hidden, int queryKeyValue, int attended, int feedForward, boolean normedOutputs) {

    public static LayerWidths of(ModelConfig config) {
        return new LayerWidths(
                config.hiddenSize(),
                ProjectionGroup.ATTENTION_INPUT.outputSize(config),
                ProjectionGroup.ATTENTION_OUTPUT.inputSize(config),
                ProjectionGroup.DOWN.inputSize(config),
                config.architecture().spec().normsOutputs());
    }

    /** Width of the keys, and of the values. */
    public int keys() {
        return (queryKeyValue - attended) / 2;
    }

    /**
     * Values that a layer keeps for its backward: its input and that of the feed-forward, outputs of all projections
     * but the last, those of normed blocks, those of A, and two statistics.
     *
     * @param adapterWidth rank times adapted projections of a layer
     */
    public long kept(long adapterWidth) {
        return (normedOutputs ? 4L : 2L) * hidden + queryKeyValue + attended + 2L * feedForward + adapterWidth + 4;
    }

    /** Maximum number of values in the layer being computed, forward or backward, and in the head; counted as fp32. */
    public long passing() {
        return 11L * feedForward + 12L * hidden + 4L * queryKeyValue;
    }
}
