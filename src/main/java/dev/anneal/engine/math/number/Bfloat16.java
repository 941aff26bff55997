package dev.anneal.engine.math.number;

/** bfloat16: the upper half of an fp32 number. */
public final class Bfloat16 {

    private static final int DROPPED_BITS = 16;
    private static final int QUIET = 0x40;

    private Bfloat16() {}

    /** Rounds to nearest, ties to even. */
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

    /** Maximum error of rounding to this format. */
    public static float largestError(float value) {
        return Math.max(Math.abs(value) * 0x1p-8f, 0x1p-134f);
    }
}
