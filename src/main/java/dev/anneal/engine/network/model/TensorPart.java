package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Consecutive elements of a contiguous fp32 tensor, stored in safetensors files as a separate tensor. Values are copied
 * between native memory and the file some megabytes at a time.
 *
 * @param name in the file
 * @param shape in the file
 * @param tensor whose elements they are
 * @param begin index of the first element
 */
public record TensorPart(String name, List<Long> shape, Tensor tensor, long begin) {

    private static final int ELEMENTS_AT_ONCE = 1 << 20;

    public static TensorPart whole(String name, Tensor tensor) {
        return new TensorPart(name, Arrays.stream(tensor.shape()).boxed().toList(), tensor, 0);
    }

    /** Writes a file of F32 tensors. */
    public static void write(Path file, List<TensorPart> parts) throws IOException {
        SafetensorsWriter.write(file, parts.stream().map(TensorPart::data).toList());
    }

    /** As an F32 tensor of a file. */
    public TensorData data() {
        return new TensorData(name, Dtype.F32, shape, channel -> tensor.writeTo(channel, begin, elements()));
    }

    /**
     * Overwrites the elements with those in a file, converted to fp32.
     *
     * @throws IllegalStateException if the file has another shape
     */
    public void read(SafetensorsFile file) throws IOException {
        TensorEntry entry = file.entry(name);
        ElementType type = ElementType.of(entry.dtype()).orElseThrow();
        if (!entry.shape().equals(shape)) {
            throw new IllegalStateException(
                    "'%s' has the shape %s but must have %s".formatted(name, entry.shape(), shape));
        }
        long elements = elements();
        for (long at = 0; at < elements; at += ELEMENTS_AT_ONCE) {
            int count = (int) Math.min(ELEMENTS_AT_ONCE, elements - at);
            ByteBuffer bytes = file.bytes(name, at * type.bytes(), count * type.bytes());
            try (TensorScope passing = TensorScope.open("cpu")) {
                ByteBuffer floats = type == ElementType.FLOAT32
                        ? bytes
                        : passing.ofBytes(bytes, type, count)
                                .to(passing, ElementType.FLOAT32)
                                .toBytes();
                tensor.overwrite(begin + at, floats);
            }
        }
    }

    private long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }
}
