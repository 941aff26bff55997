package dev.anneal.engine.network.peft;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.math.number.Bfloat16;
import dev.anneal.engine.math.number.Float16;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Copies floating-point tensors as F32, a part at a time. fp32 holds every value of bf16 and fp16 exactly. */
final class FloatCopy {

    private static final int PART = 1 << 18;

    private FloatCopy() {}

    /** @throws PeftException if a value is not finite */
    static void copy(SafetensorsFile file, TensorEntry tensor, WritableByteChannel target) throws IOException {
        int width = tensor.dtype().bits() / Byte.SIZE;
        long elements = tensor.byteCount() / width;
        for (long at = 0; at < elements; at += PART) {
            int count = (int) Math.min(PART, elements - at);
            ByteBuffer part = file.bytes(tensor.name(), at * width, count * width);
            TensorData.writeFully(target, floats(part, count, tensor));
        }
    }

    private static ByteBuffer floats(ByteBuffer part, int count, TensorEntry tensor) {
        ByteBuffer floats = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            float value = tensor.dtype() == Dtype.F32 ? part.getFloat() : widened(part.getShort(), tensor.dtype());
            if (!Float.isFinite(value)) {
                throw new PeftException("tensor '" + tensor.name() + "' holds the value " + value);
            }
            floats.putFloat(value);
        }
        return floats.flip();
    }

    private static float widened(short bits, Dtype dtype) {
        return dtype == Dtype.BF16 ? Bfloat16.toFloat(bits) : Float16.toFloat(bits);
    }
}
