package dev.anneal.engine.math.number;

/** bfloat16: the upper half of an fp32 number. */
public final class Bfloat16 {

    private static final int DROPPED_BITS = 16;
    private static final int QUIET = 0x40;

    private Bfloat16() {}

    /** The nearest one; of two equally near ones the even one. */
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> DROPPED_BITS | QUIET);
        }
        int half = (1 << (DROPPED_BITS - 1)) - 1 + (bits >>> DROPPED_BITS & 1);
        return (short) ((bits + half) >>> DROPPED_BITS);
    }

    /** The same number. */
    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << DROPPED_BITS);
    }

    /** The most that rounding to this format changes a number by. */
    public static float largestError(float value) {
        return Math.max(Math.abs(value) * 0x1p-8f, 0x1p-134f);
    }
}
