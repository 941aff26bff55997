package dev.anneal.engine.network.architecture;

/**
 * Rotary position embedding.
 *
 * @param theta base of the frequencies
 * @param queries what multiplies queries once they are rotated
 */
public record RotaryConfig(double theta, RotaryScaling scaling, QueryScale queries) {

    /** Of layers that do not rotate: the angles are 0. */
    public static final RotaryConfig NONE = new RotaryConfig(0, new RotaryScaling.None());

    /** Of queries and keys alike. */
    public RotaryConfig(double theta, RotaryScaling scaling) {
        this(theta, scaling, QueryScale.NONE);
    }

    /** Without scaling. */
    public static RotaryConfig plain(double theta) {
        return new RotaryConfig(theta, new RotaryScaling.None());
    }

    /** Whether frequencies are changed. */
    public boolean isScaled() {
        return !(scaling instanceof RotaryScaling.None);
    }

    /** The same rotation, of queries that do not grow. */
    RotaryConfig withoutGrowth() {
        return new RotaryConfig(theta, scaling);
    }

    /** Angle per position of each pair of coordinates, rounded to fp32 as in transformers. */
    public float[] inverseFrequencies(int headSize) {
        float[] frequencies = new float[headSize / 2];
        if (equals(NONE)) {
            return frequencies;
        }
        RotaryScaling.Frequencies all = new RotaryScaling.Frequencies(theta, headSize);
        for (int pair = 0; pair < frequencies.length; pair++) {
            frequencies[pair] = (float) scaling.rescale((float) all.of(pair), pair, all);
        }
        return frequencies;
    }
}
