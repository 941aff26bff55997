package dev.anneal.engine.network.architecture;

import org.jspecify.annotations.Nullable;

/**
 * Rotary position embedding.
 *
 * @param theta base of the frequencies
 * @param divisor of all frequencies, linear scaling; 1 for none
 * @param llama3 rescaling of low frequencies, or null for none
 */
public record RotaryConfig(
        double theta, double divisor, @Nullable Llama3Scaling llama3) {

    /** Of layers that do not rotate: the angles are 0. */
    public static final RotaryConfig NONE = new RotaryConfig(0, 1, null);

    /** Without rescaling. */
    public static RotaryConfig plain(double theta) {
        return new RotaryConfig(theta, 1, null);
    }

    /**
     * Llama 3.1's rescaling: wavelengths above {@code originalMaxPositions / lowFrequencyFactor} grow by
     * {@code factor}, those below {@code originalMaxPositions / highFrequencyFactor} stay, those between are
     * interpolated.
     */
    public record Llama3Scaling(
            double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalMaxPositions) {

        double rescale(double frequency) {
            double turns = originalMaxPositions * frequency / (2 * Math.PI);
            if (turns < lowFrequencyFactor) {
                return frequency / factor;
            }
            if (turns > highFrequencyFactor) {
                return frequency;
            }
            double smooth = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
            return (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }

    /** Angle per position of each pair of coordinates, rounded to fp32 as in transformers. */
    public float[] inverseFrequencies(int headSize) {
        float[] frequencies = new float[headSize / 2];
        if (equals(NONE)) {
            return frequencies;
        }
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = (float) (1 / Math.pow(theta, 2.0 * i / headSize));
            frequencies[i] = (float) (llama3 == null ? frequency / divisor : llama3.rescale(frequency));
        }
        return frequencies;
    }
}
