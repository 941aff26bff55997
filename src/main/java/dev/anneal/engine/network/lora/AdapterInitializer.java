package dev.anneal.engine.network.lora;

import dev.anneal.engine.math.random.SplitMix64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Initial values of an adapter, distributed as in PEFT: A uniform on +-1/sqrt(in) (Kaiming with a = sqrt 5), B zero.
 * Each number is a function of the seed and its position among all A, so values are the same on every machine.
 */
final class AdapterInitializer {

    private AdapterInitializer() {}

    /** A of one projection, fp32 in row order, little-endian. */
    static ByteBuffer valuesOfA(AdapterLayout.Slot slot, long seed) {
        ByteBuffer values =
                ByteBuffer.allocateDirect(slot.elementsOfA() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        float bound = (float) (1 / Math.sqrt(slot.inputs()));
        for (int i = 0; i < slot.elementsOfA(); i++) {
            values.putFloat(bound * uniform(seed, slot.beginOfA() + i));
        }
        return values.flip();
    }

    /** Uniform on [-1, 1), from the top 24 bits of a mixed counter. */
    private static float uniform(long seed, long counter) {
        long bits = SplitMix64.mix(seed * 0xD1342543DE82EF95L + (counter + 1) * SplitMix64.GAMMA);
        return (bits >>> 40) * 0x1.0p-23f - 1f;
    }
}
