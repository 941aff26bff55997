package dev.anneal.engine.lora;

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

    /** Uniform on [-1, 1), from the top 24 bits of SplitMix64's finaliser (Steele, Lea, Flood 2014) of a counter. */
    private static float uniform(long seed, long counter) {
        long z = seed * 0xD1342543DE82EF95L + (counter + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        z ^= z >>> 31;
        return (z >>> 40) * 0x1.0p-23f - 1f;
    }
}
