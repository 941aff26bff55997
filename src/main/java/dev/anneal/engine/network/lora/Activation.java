package dev.anneal.engine.network.lora;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

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

    static Optional<Activation> named(String text) {
        return Arrays.stream(values())
                .filter(activation -> activation.text().equals(text))
                .findFirst();
    }

    static String supported() {
        return Arrays.stream(values()).map(Activation::text).collect(Collectors.joining(", "));
    }
}
