package dev.anneal.engine.network.lora;

/**
 * Signs with which groups of outputs see blocks of inputs, as many of the one as of the other: the rows of Sylvester's
 * Hadamard matrix, orthogonal to each other and all +1 for the first group.
 *
 * <p>LoRA maps an input to r values that all outputs share, so inputs that are alike there are alike for every output.
 * With signs of its own a group has other r values, from the same trained A.
 */
final class Signs {

    private Signs() {}

    /** +1 or -1. */
    static float of(int group, int block) {
        return Integer.bitCount(group & block) % 2 == 0 ? 1 : -1;
    }

    /** [groups, groups], row after row. */
    static float[] matrix(int groups) {
        float[] signs = new float[groups * groups];
        for (int i = 0; i < signs.length; i++) {
            signs[i] = of(i / groups, i % groups);
        }
        return signs;
    }
}
