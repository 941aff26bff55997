package dev.anneal.engine.format.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Tensors to write whose values a test has in memory. */
public final class TensorsInMemory {

    private TensorsInMemory() {}

    /** @param bytes little-endian; its position is left alone */
    public static TensorData of(String name, Dtype dtype, List<Long> shape, ByteBuffer bytes) {
        return new TensorData(name, dtype, shape, channel -> TensorData.writeFully(channel, bytes.duplicate()));
    }

    /** An F32 tensor. */
    public static TensorData ofFloats(String name, List<Long> shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return of(name, Dtype.F32, shape, bytes);
    }
}
