package dev.anneal.fuzz;

import java.io.IOException;
import java.nio.file.Files;

/** What Jazzer calls for each input. The system property {@value #TARGET} names the target. */
public final class Fuzzer {

    static final String TARGET = "anneal.fuzz.target";

    private static FuzzBody body = input -> {};

    private Fuzzer() {}

    /** Makes the target read something, so that classes are instrumented before inputs are timed. */
    public static void fuzzerInitialize() throws IOException {
        body = FuzzTarget.named(System.getProperty(TARGET, "")).body(Files.createTempDirectory("fuzz"));
        body.read(new byte[] {'{', '}'});
    }

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        body.read(input);
    }
}
