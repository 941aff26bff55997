package dev.anneal.engine.format.gguf;

import dev.anneal.engine.math.number.Float16;
import java.nio.ByteBuffer;

/**
 * A block of ggml's Q8_0, computed like its reference {@code quantize_row_q8_0_ref}: the scale is the largest magnitude
 * divided by 127, stored in fp16; the numbers are divided by the unrounded scale.
 */
final class Q8Block {

    static final int ELEMENTS = 32;
    static final int BYTES = Short.BYTES + ELEMENTS;

    private static final int LARGEST = 127;

    private Q8Block() {}

    static void encode(float[] values, int at, ByteBuffer to) {
        float scale = scale(values, at);
        float inverse = scale == 0 ? 0 : 1 / scale;
        to.putShort(Float16.of(scale));
        for (int i = at; i < at + ELEMENTS; i++) {
            to.put((byte) rounded(values[i] * inverse));
        }
    }

    static void decode(ByteBuffer from, float[] values, int at) {
        float scale = Float16.toFloat(from.getShort());
        for (int i = at; i < at + ELEMENTS; i++) {
            values[i] = from.get() * scale;
        }
    }

    /** Half a quantum, the error of the rounded scale over 127 quanta, and a margin for fp32 arithmetic. */
    static float largestError(float[] values, int at) {
        float scale = scale(values, at);
        return scale * 0.5f * 1.001f + LARGEST * Float16.largestError(scale);
    }

    private static float scale(float[] values, int at) {
        float largest = 0;
        for (int i = at; i < at + ELEMENTS; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest / LARGEST;
    }

    /**
     * C's {@code roundf}: half away from zero. Adding 0.5 and truncating would round the number just below a half up.
     */
    private static float rounded(float value) {
        float size = Math.abs(value);
        float whole = (float) Math.floor(size);
        float away = whole + (size - whole >= 0.5f ? 1 : 0);
        return Math.copySign(away, value);
    }
}
