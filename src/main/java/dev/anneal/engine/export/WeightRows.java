package dev.anneal.engine.export;

import dev.anneal.engine.architecture.ModelConfig;
import dev.anneal.engine.safetensors.RowBlock;
import dev.anneal.engine.safetensors.TensorEntry;
import dev.anneal.engine.safetensors.WeightDirectory;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The weights of a trained model under the names and shapes of its base, a block of rows in memory at a time. */
interface WeightRows extends AutoCloseable {

    /** Takes rows of one tensor, in order. The tensor it is given ends with the call. */
    @FunctionalInterface
    interface Sink {
        void accept(Tensor rows) throws IOException;
    }

    /** Opens the weights of a training. The base model's stay the caller's. */
    @FunctionalInterface
    interface Opener {
        WeightRows open(WeightDirectory base, ModelConfig config) throws IOException;
    }

    /**
     * Hands over all rows of a tensor.
     *
     * @param entry the base's
     * @param type in which they are handed over, rounded once
     */
    void forEach(TensorEntry entry, ElementType type, List<RowBlock> blocks, Sink sink) throws IOException;

    /**
     * Says what has become of the tensors, once all have been handed over.
     *
     * @throws ExportException if they are the base's, or not all that were to change have
     */
    void describe(Map<String, @Nullable Object> proof);

    @Override
    void close() throws IOException;
}
