package dev.anneal.engine.format.safetensors;

import java.util.List;

/**
 * Position of a tensor in a file. Entries of a reader lie within their file and have the number of bytes that their
 * shape needs.
 *
 * @param shape extent of each dimension, outermost first; empty for a scalar
 * @param begin offset of the first byte, counted from the start of the file
 * @param end offset after the last byte, counted from the start of the file
 */
public record TensorEntry(String name, Dtype dtype, List<Long> shape, long begin, long end) {

    public TensorEntry {
        shape = List.copyOf(shape);
    }

    public long byteCount() {
        return end - begin;
    }

    /**
     * Bytes that a tensor of this type and shape takes.
     *
     * @throws ArithmeticException if they are not a whole number or exceed a long
     */
    static long bytesOf(Dtype dtype, List<Long> shape) {
        long bits = Math.multiplyExact(elements(shape), dtype.bits());
        if (bits % Byte.SIZE != 0) {
            throw new ArithmeticException(bits + " bits are no whole number of bytes");
        }
        return bits / Byte.SIZE;
    }

    private static long elements(List<Long> shape) {
        long elements = 1;
        for (long extent : shape) {
            elements = Math.multiplyExact(elements, extent);
        }
        return elements;
    }
}
