package dev.anneal.engine.lora;

import dev.anneal.engine.random.SplitMix64;

/**
 * First values of an adapter, as PEFT draws them: A uniform on +-1/sqrt(in) (Kaiming with a = sqrt 5), B zero. Each number is a
 * function of seed and position, so they are the same on every machine.
 */
final class AdapterInitializer {

    private AdapterInitializer() {}

    static float[] valuesOfA(AdapterLayout layout, long seed) {
        float[] values = new float[layout.elementsOfA()];
        for (AdapterLayout.Slot slot : layout.slots()) {
            float bound = (float) (1 / Math.sqrt(slot.inputs()));
            int end = slot.beginOfA() + slot.elementsOfA();
            for (int i = slot.beginOfA(); i < end; i++) {
                values[i] = bound * uniform(seed, i);
            }
        }
        return values;
    }

    /** Uniform on [-1, 1), from the top 24 bits of a mixed counter. */
    private static float uniform(long seed, long counter) {
        long bits = SplitMix64.mix(seed * 0xD1342543DE82EF95L + (counter + 1) * SplitMix64.GAMMA);
        return (bits >>> 40) * 0x1.0p-23f - 1f;
    }
}
