package dev.anneal.engine.format.gguf;

import dev.anneal.engine.math.number.Bfloat16;
import dev.anneal.engine.math.number.Float16;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Element types that the engine writes. Elements are stored in blocks along a tensor's rows. */
public enum TensorType {
    F32(0, 1, Float.BYTES),
    F16(1, 1, Short.BYTES),
    /** 32 signed bytes with one fp16 scale: ggml's 8-bit quantisation. */
    Q8_0(8, Q8Block.ELEMENTS, Q8Block.BYTES),
    BF16(30, 1, Short.BYTES);

    private final int code;
    private final int blockElements;
    private final int blockBytes;

    TensorType(int code, int blockElements, int blockBytes) {
        this.code = code;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** ggml's number of the type. */
    int code() {
        return code;
    }

    static Optional<TensorType> of(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /** Whether rows of this many elements are whole blocks. */
    public boolean fitsRows(long elements) {
        return elements % blockElements == 0;
    }

    /** Bytes of this many elements, which must be whole blocks. */
    public long byteCount(long elements) {
        return Math.multiplyExact(elements / blockElements, blockBytes);
    }

    /**
     * Writes numbers, whole blocks of them, little-endian, rounded as ggml rounds: half to even, or away from zero in
     * Q8_0.
     */
    void encode(float[] values, ByteBuffer to) {
        switch (this) {
            case F32 -> {
                for (float value : values) {
                    to.putFloat(value);
                }
            }
            case F16 -> {
                for (float value : values) {
                    to.putShort(Float16.of(value));
                }
            }
            case BF16 -> {
                for (float value : values) {
                    to.putShort(Bfloat16.of(value));
                }
            }
            case Q8_0 -> {
                for (int at = 0; at < values.length; at += blockElements) {
                    Q8Block.encode(values, at, to);
                }
            }
        }
    }

    /** Reads numbers, whole blocks of them, until the array is full. */
    void decode(ByteBuffer from, float[] values) {
        for (int at = 0; at < values.length; at += blockElements) {
            switch (this) {
                case F32 -> values[at] = from.getFloat();
                case F16 -> values[at] = Float16.toFloat(from.getShort());
                case BF16 -> values[at] = Bfloat16.toFloat(from.getShort());
                case Q8_0 -> Q8Block.decode(from, values, at);
            }
        }
    }

    /** Maximum error of each stored number: half the distance to its neighbours in this type. */
    public float[] largestErrors(float[] values) {
        float[] errors = new float[values.length];
        for (int at = 0; at < values.length; at += blockElements) {
            switch (this) {
                case F32 -> errors[at] = 0;
                case F16 -> errors[at] = Float16.largestError(values[at]);
                case BF16 -> errors[at] = Bfloat16.largestError(values[at]);
                case Q8_0 -> Arrays.fill(errors, at, at + blockElements, Q8Block.largestError(values, at));
            }
        }
        return errors;
    }
}
