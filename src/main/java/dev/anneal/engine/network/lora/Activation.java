package dev.anneal.engine.network.lora;

import dev.anneal.protocol.WireName;

/** Sigma of AFA-LoRA, the non-linear part that is annealed away. GELU is the exact form with the error function. */
public enum Activation implements WireName {
    RELU,
    SILU,
    GELU;

    /** Its number in program text. */
    int kind() {
        return switch (this) {
            case RELU -> 0;
            case SILU -> 1;
            case GELU -> 2;
        };
    }
}
