package dev.anneal.engine.network.lora;

import dev.anneal.engine.math.random.SplitMix64;

/**
 * Signs of the inputs of A, by group of outputs and input: +1 for the first group, so that one group is an ordinary
 * LoRA; for the others a function of group and input alone, the same in all projections and jobs.
 *
 * <p>LoRA maps an input to r values that all outputs share, so inputs that are alike there are alike for every output.
 * With signs of its own a group has other r values, from the same trained A.
 */
final class Signs {

    private static final long SEED = 0x5163_4E53;

    private Signs() {}

    /** [groups, inputs], row after row. */
    static float[] of(int groups, int inputs) {
        float[] signs = new float[groups * inputs];
        for (int group = 0; group < groups; group++) {
            for (int input = 0; input < inputs; input++) {
                signs[group * inputs + input] = group == 0 || SplitMix64.key(SEED, group, input) >= 0 ? 1 : -1;
            }
        }
        return signs;
    }

    /** First output of a group; of the group after the last one the number of outputs. */
    static int begin(int group, int groups, int outputs) {
        return Math.toIntExact((long) outputs * group / groups);
    }
}
