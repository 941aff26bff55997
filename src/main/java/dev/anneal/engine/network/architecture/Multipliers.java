package dev.anneal.engine.network.architecture;

/**
 * Constant factors in a decoder.
 *
 * @param attention of the products of queries and keys
 * @param embedding of the input embedding's rows
 * @param roundsEmbedding whether the latter is first rounded to the type of the weights
 * @param logits by which logits are divided
 */
public record Multipliers(double attention, double embedding, boolean roundsEmbedding, double logits) {

    /** Those of Llama. */
    public static Multipliers plain(int headSize) {
        return new Multipliers(Math.pow(headSize, -0.5), 1, false, 1);
    }
}
