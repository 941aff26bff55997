package dev.anneal.engine.network.architecture;

/**
 * Constant factors in a decoder.
 *
 * @param attention of the products of queries and keys
 * @param embedding of the input embedding's rows
 * @param logits by which logits are divided
 */
public record Multipliers(double attention, double embedding, double logits) {

    /** Those of Llama. */
    public static Multipliers plain(int headSize) {
        return new Multipliers(Math.pow(headSize, -0.5), 1, 1);
    }
}
