package dev.anneal.engine.network.lora;

import java.util.Locale;

/** Sigma of AFA-LoRA, the non-linear part that is annealed away. GELU is the exact form with the error function. */
public enum Activation {
    RELU,
    SILU,
    GELU;

    /** Name in requests and files: {@code relu}, {@code silu}, {@code gelu}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its number in program text. */
    int kind() {
        return switch (this) {
            case RELU -> 0;
            case SILU -> 1;
            case GELU -> 2;
        };
    }
}
