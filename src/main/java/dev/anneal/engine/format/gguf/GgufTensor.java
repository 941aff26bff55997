package dev.anneal.engine.format.gguf;

import java.io.IOException;
import java.util.List;

/**
 * A tensor to write. Its numbers are requested when it is written.
 *
 * @param shape extent of each dimension, outermost first, as in torch
 */
public record GgufTensor(String name, TensorType type, List<Long> shape, Content content) {

    /** Passes all numbers of a tensor on, in row order and whole rows. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Rows rows) throws IOException;
    }

    /** Receives rows of fp32 numbers. */
    @FunctionalInterface
    public interface Rows {
        void write(float[] values) throws IOException;
    }

    public GgufTensor {
        shape = List.copyOf(shape);
        if (shape.isEmpty() || !type.fitsRows(shape.get(shape.size() - 1))) {
            throw new IllegalArgumentException(
                    "tensor '%s' of shape %s has no whole blocks of %s in its rows".formatted(name, shape, type));
        }
    }

    long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    long byteCount() {
        return type.byteCount(elements());
    }
}
