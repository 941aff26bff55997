package dev.anneal.engine.network.architecture;

import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.util.List;

/** An output embedding that a checkpoint stores although its configuration ties it to the input embedding. */
final class StoredHead {

    private static final int BLOCK_BYTES = 4 << 20;

    private StoredHead() {}

    /** Whether there is one that is no copy of the input embedding, whose shape is known to be right. Reads both as far as they are equal. */
    static boolean differs(WeightDirectory weights) throws IOException {
        if (!weights.contains(OuterWeights.HEAD) || !weights.contains(OuterWeights.EMBEDDING)) {
            return false;
        }
        TensorEntry head = weights.entry(OuterWeights.HEAD);
        TensorEntry embedding = weights.entry(OuterWeights.EMBEDDING);
        return head.dtype() != embedding.dtype()
                || !head.shape().equals(embedding.shape())
                || differ(weights, RowBlock.of(head, BLOCK_BYTES));
    }

    private static boolean differ(WeightDirectory weights, List<RowBlock> blocks) throws IOException {
        SafetensorsFile heads = weights.fileOf(OuterWeights.HEAD);
        SafetensorsFile embeddings = weights.fileOf(OuterWeights.EMBEDDING);
        for (RowBlock block : blocks) {
            if (!heads.bytes(OuterWeights.HEAD, block.offset(), block.byteCount())
                    .equals(embeddings.bytes(OuterWeights.EMBEDDING, block.offset(), block.byteCount()))) {
                return true;
            }
        }
        return false;
    }
}
