package dev.anneal.engine.network.torch;

import java.util.Map;

/**
 * The program that converts bytes to tensors and back, and between element types. DJL's own conversions abort the JVM
 * on bf16.
 */
final class Conversions {

    private static final Program PROGRAM =
            Program.load(TensorScope.open("cpu"), "conversions", "Conversions", Map.of());

    private Conversions() {}

    static Program program() {
        return PROGRAM;
    }
}
