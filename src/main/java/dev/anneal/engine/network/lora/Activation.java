package dev.anneal.engine.network.lora;

import dev.anneal.protocol.WireName;

/**
 * Sigma, the non-linear part of an adapter that is annealed away. GELU is the exact form with the error function.
 *
 * <p>Those of AFA-LoRA (arXiv 2512.22455) are {@code z / 2} and an even function, so the adapter's linear part grows
 * from a half to the whole while beta falls. The matched ones are twice these, {@code z} and twice the even function:
 * the linear part stays as it is.
 */
public enum Activation implements WireName {
    RELU,
    SILU,
    GELU,
    MATCHED_RELU,
    MATCHED_SILU,
    MATCHED_GELU;

    /** Its number in program text. */
    int kind() {
        return switch (this) {
            case RELU -> 0;
            case SILU -> 1;
            case GELU -> 2;
            case MATCHED_RELU -> 3;
            case MATCHED_SILU -> 4;
            case MATCHED_GELU -> 5;
        };
    }
}
