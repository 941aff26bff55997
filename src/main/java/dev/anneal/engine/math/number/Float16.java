package dev.anneal.engine.math.number;

/** IEEE 754 numbers of 16 bits: 5 of exponent, 10 of fraction. */
public final class Float16 {

    private static final int INFINITY = 0x7c00;
    private static final int NOT_A_NUMBER = 0x7e00;
    /** Numbers from here on round to infinity: half a step above the largest, 65504. */
    private static final float OVERFLOW = 65520f;
    /** Smallest number with a full fraction; below it all steps are {@link #SMALLEST_STEP}. */
    private static final float SMALLEST_NORMAL = 0x1p-14f;

    private static final float SMALLEST_STEP = 0x1p-24f;
    private static final int DROPPED_BITS = 13;
    private static final int EXPONENT_SHIFT = (127 - 15) << 10;

    private Float16() {}

    /** Rounds to nearest, ties to even. */
    public static short of(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        float size = Math.abs(value);
        int magnitude;
        if (Float.isNaN(value)) {
            magnitude = NOT_A_NUMBER;
        } else if (size >= OVERFLOW) {
            magnitude = INFINITY;
        } else if (size < SMALLEST_NORMAL) {
            magnitude = (int) Math.rint(size / SMALLEST_STEP);
        } else {
            int bits = Float.floatToRawIntBits(size);
            int rounded = bits + (1 << (DROPPED_BITS - 1)) - 1 + ((bits >>> DROPPED_BITS) & 1);
            magnitude = (rounded >>> DROPPED_BITS) - EXPONENT_SHIFT;
        }
        return (short) (sign | magnitude);
    }

    /** The same number. */
    public static float toFloat(short half) {
        int magnitude = half & 0x7fff;
        float size;
        if (magnitude >= INFINITY) {
            size = magnitude == INFINITY ? Float.POSITIVE_INFINITY : Float.NaN;
        } else if (magnitude < 1 << 10) {
            size = magnitude * SMALLEST_STEP;
        } else {
            size = Float.intBitsToFloat((magnitude + EXPONENT_SHIFT) << DROPPED_BITS);
        }
        return half < 0 ? -size : size;
    }

    /** Maximum error of rounding to this format. */
    public static float largestError(float value) {
        return Math.max(Math.abs(value) * 0x1p-11f, SMALLEST_STEP / 2);
    }
}
