package dev.anneal.engine.export;

import dev.anneal.engine.export.llamacpp.TensorPlace;
import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.format.gguf.GgufTensor;
import dev.anneal.engine.format.gguf.TensorType;
import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.util.List;

/**
 * A tensor of a GGUF file and the source of its numbers.
 *
 * @param shape outermost dimension first
 */
record GgufSource(String name, TensorType type, List<Long> shape, Numbers numbers) {

    /** Size of the blocks of rows that are processed at a time. */
    private static final int BLOCK_BYTES = 4 << 20;

    /** Source of a tensor's fp32 numbers, before rounding. */
    @FunctionalInterface
    interface Numbers {
        void forEach(WeightRows weights, GgufTensor.Rows rows) throws IOException;
    }

    /** A tensor of the base model, merged if it is a target. */
    static GgufSource of(TensorEntry entry, TensorPlace place, GgufType type) {
        int columns =
                entry.shape().size() == 1 ? 1 : Math.toIntExact(entry.shape().get(1));
        List<RowBlock> blocks = RowBlock.of(entry, BLOCK_BYTES, Math.max(1, place.headRows()));
        return new GgufSource(
                place.name(),
                type.of(entry.shape()),
                entry.shape(),
                (weights, rows) -> weights.forEach(
                        entry,
                        ElementType.FLOAT32,
                        blocks,
                        block -> rows.write(place.ordered(block.toFloats(), columns))));
    }

    /** A tensor without a counterpart in the base model. */
    static GgufSource of(String name, float[] numbers) {
        return new GgufSource(
                name, TensorType.F32, List.of((long) numbers.length), (weights, rows) -> rows.write(numbers));
    }

    GgufTensor writing(WeightRows weights) {
        return new GgufTensor(name, type, shape, rows -> numbers.forEach(weights, rows));
    }
}
