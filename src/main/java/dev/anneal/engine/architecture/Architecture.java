package dev.anneal.engine.architecture;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Decoder families that the engine runs, by the class name that their {@code config.json} gives. */
public enum Architecture {
    LLAMA("LlamaForCausalLM");

    private final String className;

    Architecture(String className) {
        this.className = className;
    }

    /** Name in {@code architectures}. */
    public String className() {
        return className;
    }

    static Optional<Architecture> named(String className) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.className.equals(className))
                .findFirst();
    }

    static String supported() {
        return Arrays.stream(values()).map(Architecture::className).collect(Collectors.joining(", "));
    }
}
