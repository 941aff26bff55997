package dev.anneal.engine.network.architecture;

/** Sizes of equal decoder layers, on which the matrices of projections and adapters depend. */
public interface LayerShape {

    int layers();

    /** Width of the residual stream. */
    int hiddenSize();

    /** Width of the input of queries, keys and values. */
    default int attentionInputSize() {
        return hiddenSize();
    }

    int intermediateSize();

    int heads();

    int keyValueHeads();

    int headSize();

    Projections projections();

    /** Name of a projection's weight in a file. */
    default String weightName(Projection projection, int layer) {
        return projection.weightName(layer);
    }

    /**
     * Name of a matrix of an adapter in a file.
     *
     * @param matrix {@code A} or {@code B}
     */
    default String adapterName(Projection projection, int layer, char matrix) {
        return projection.adapterName(layer, matrix);
    }
}
