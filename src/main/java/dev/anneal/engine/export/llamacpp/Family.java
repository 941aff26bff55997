package dev.anneal.engine.export.llamacpp;

import dev.anneal.engine.network.architecture.ModelConfig;
import java.util.Optional;

/** Architectures of llama.cpp that the engine supports. */
public enum Family {
    LLAMA("llama", true),
    QWEN2("qwen2", false),
    QWEN3("qwen3", false);

    private final String architecture;
    private final boolean interleavesHeads;

    Family(String architecture, boolean interleavesHeads) {
        this.architecture = architecture;
        this.interleavesHeads = interleavesHeads;
    }

    /** Empty if llama.cpp has no architecture that computes the same, or if the engine does not write it. */
    public static Optional<Family> of(ModelConfig config) {
        return switch (config.architecture().className()) {
            case "LlamaForCausalLM", "MistralForCausalLM" -> Optional.of(LLAMA);
            case "Qwen2ForCausalLM" -> Optional.of(QWEN2);
            case "Qwen3ForCausalLM" ->
                Optional.of(QWEN3).filter(family -> config.biased().isEmpty());
            default -> Optional.empty();
        };
    }

    /** {@code general.architecture}, and the prefix of the model's own keys. */
    public String architecture() {
        return architecture;
    }

    /** Whether numbers that are rotated together are adjacent in a head, instead of half a head apart. */
    boolean interleavesHeads() {
        return interleavesHeads;
    }
}
