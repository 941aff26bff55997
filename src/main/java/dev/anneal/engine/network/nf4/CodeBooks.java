package dev.anneal.engine.network.nf4;

import java.util.Arrays;

/** The numbers that indices of bitsandbytes stand for, in ascending order. */
final class CodeBooks {

    /** Quantiles of the normal distribution, with 0 and 1 among them (QLoRA, arXiv:2305.14314, appendix E). */
    static final float[] NF4 = {
        -1.0f,
        -0.6961928f,
        -0.52507305f,
        -0.3949175f,
        -0.28444138f,
        -0.18477343f,
        -0.091050036f,
        0.0f,
        0.0795803f,
        0.1609302f,
        0.2461123f,
        0.33791524f,
        0.44070983f,
        0.562617f,
        0.72295684f,
        1.0f
    };

    private static final int EXPONENTS = 7;

    private CodeBooks() {}

    /**
     * 256 numbers from -0.993 to 1: a sign, a decimal exponent from -6 to 0 in unary, and in the bits that it leaves
     * which of the equal parts of the range from 0.1 to 1, of which a number is the middle ("8-bit Approximations for
     * Parallelism in Deep Learning", arXiv:1511.04561).
     */
    static float[] dynamic() {
        float[] values = new float[256];
        int count = 0;
        for (int i = 0; i < EXPONENTS; i++) {
            int parts = 1 << i;
            for (int part = 0; part < parts; part++) {
                double middle = 0.1 + 0.9 * (part + 0.5) / parts;
                float value = (float) (middle * Math.pow(10, i - (EXPONENTS - 1)));
                values[count++] = value;
                values[count++] = -value;
            }
        }
        values[count++] = 0;
        values[count] = 1;
        Arrays.sort(values);
        return values;
    }
}
