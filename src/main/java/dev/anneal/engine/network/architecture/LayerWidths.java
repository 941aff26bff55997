package dev.anneal.engine.network.architecture;

/**
 * How many values a token takes in a layer's pass: what estimates of memory rest on.
 *
 * @param hidden of the residual stream
 * @param queryKeyValue of queries, keys and values together
 * @param attended of what attention gives
 * @param feedForward of the gate
 */
public record LayerWidths(int hidden, int queryKeyValue, int attended, int feedForward) {

    public static LayerWidths of(ModelConfig config) {
        return new LayerWidths(
                config.hiddenSize(),
                ProjectionGroup.ATTENTION_INPUT.outputSize(config),
                ProjectionGroup.ATTENTION_OUTPUT.inputSize(config),
                ProjectionGroup.DOWN.inputSize(config));
    }

    /**
     * Values that a layer keeps for its backward: its input, that of the feed-forward, what the projections but the last give, A's outputs, and two statistics.
     *
     * @param adapterWidth rank times adapted projections of a layer
     */
    public long kept(long adapterWidth) {
        return 2L * hidden + queryKeyValue + attended + 2L * feedForward + adapterWidth + 4;
    }

    /** Values in the layer that is computed now, forward or backward, and in the head, at most; counted as fp32. */
    public long passing() {
        return 11L * feedForward + 12L * hidden + 4L * queryKeyValue;
    }
}
