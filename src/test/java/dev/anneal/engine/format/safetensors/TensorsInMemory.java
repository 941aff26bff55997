package dev.anneal.engine.format.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Tensors to write whose values a test has in memory. */
public final class TensorsInMemory {

    private TensorsInMemory() {}

    /** An F32 tensor. */
    public static TensorData ofFloats(String name, List<Long> shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return TensorData.of(name, Dtype.F32, shape, bytes);
    }
}
