package dev.anneal.engine.network.architecture;

/**
 * Rotary position embedding.
 *
 * @param theta base of the frequencies
 * @param queries what multiplies queries once they are rotated
 * @param unrotated how many values at the end of each head are not rotated
 */
public record RotaryConfig(double theta, RotaryScaling scaling, QueryScale queries, int unrotated) {

    /** Of layers that do not rotate: the angles are 0. */
    public static final RotaryConfig NONE = new RotaryConfig(0, new RotaryScaling.None());

    /** Of queries and keys alike, of whole heads. */
    public RotaryConfig(double theta, RotaryScaling scaling) {
        this(theta, scaling, QueryScale.NONE, 0);
    }

    /** Without scaling. */
    public static RotaryConfig plain(double theta) {
        return new RotaryConfig(theta, new RotaryScaling.None());
    }

    /** Whether frequencies are changed. */
    public boolean isScaled() {
        return !(scaling instanceof RotaryScaling.None);
    }

    /** As draft heads have it: of whole heads, and of queries that do not grow. */
    RotaryConfig ofDraftHeads() {
        return scaling instanceof RotaryScaling.LongRope ? plain(theta) : new RotaryConfig(theta, scaling);
    }

    /** Angle per position of each rotated pair of coordinates, rounded to fp32 as in transformers. */
    public float[] inverseFrequencies(int headSize) {
        int width = headSize - unrotated;
        float[] frequencies = new float[width / 2];
        if (equals(NONE)) {
            return frequencies;
        }
        RotaryScaling.Frequencies all = new RotaryScaling.Frequencies(theta, width);
        for (int pair = 0; pair < frequencies.length; pair++) {
            frequencies[pair] = (float) scaling.rescale((float) all.of(pair), pair, all);
        }
        return frequencies;
    }
}
