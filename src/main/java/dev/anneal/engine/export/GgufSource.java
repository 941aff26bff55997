package dev.anneal.engine.export;

import dev.anneal.engine.export.llamacpp.TensorPlace;
import dev.anneal.engine.format.gguf.GgufTensor;
import dev.anneal.engine.format.gguf.TensorType;
import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.util.List;

/**
 * A tensor of a GGUF file and where its numbers come from.
 *
 * @param shape outermost dimension first
 */
record GgufSource(String name, TensorType type, List<Long> shape, Numbers numbers) {

    /** Blocks of rows that are worked on at a time. */
    private static final int BLOCK_BYTES = 4 << 20;

    /** Hands over a tensor's fp32 numbers, as exact as they are known. */
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

    /** Numbers that no tensor of the base model holds. */
    static GgufSource of(String name, float[] numbers) {
        return new GgufSource(
                name, TensorType.F32, List.of((long) numbers.length), (weights, rows) -> rows.write(numbers));
    }

    GgufTensor writing(WeightRows weights) {
        return new GgufTensor(name, type, shape, rows -> numbers.forEach(weights, rows));
    }
}
