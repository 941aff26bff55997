package dev.anneal.engine.format.safetensors;

import java.nio.ByteBuffer;
import java.util.List;

/** Tensors to write in tests. */
final class Samples {

    private Samples() {}

    /** Two types, a scalar, an empty tensor and a name with characters that JSON escapes. */
    static List<TensorData> mixed() {
        return List.of(
                bytes("zeta", Dtype.U8, List.of(3L), 3),
                bytes("alpha \"quoted\" é", Dtype.BF16, List.of(2L, 3L), 12),
                bytes("scalar", Dtype.I64, List.of(), 8),
                bytes("empty", Dtype.F32, List.of(0L, 5L), 0),
                TensorsInMemory.ofFloats("weight", List.of(2L), new float[] {1.5f, -2f}));
    }

    /** A tensor of the bytes 0, 1, 2... */
    static TensorData bytes(String name, Dtype dtype, List<Long> shape, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
            bytes.put(i, (byte) i);
        }
        return TensorData.of(name, dtype, shape, bytes);
    }
}
