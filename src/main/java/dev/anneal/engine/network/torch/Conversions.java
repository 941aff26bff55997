package dev.anneal.engine.network.torch;

import java.util.Map;

/** The program that turns bytes into tensors and back, and one element type into another; DJL's own conversions abort the JVM on bf16. */
final class Conversions {

    private static final Program PROGRAM = Program.load(Scope.open("cpu"), "conversions", "Conversions", Map.of());

    private Conversions() {}

    static Program program() {
        return PROGRAM;
    }
}
