package dev.anneal.engine.export.llamacpp;

import dev.anneal.engine.network.architecture.LayerKind;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Multipliers;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.architecture.RotaryConfig;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Architectures of llama.cpp that the engine supports. */
public enum Family {
    LLAMA("llama", true, true, "ffn_norm"),
    QWEN2("qwen2", false, false, "ffn_norm"),
    QWEN3("qwen3", false, false, "ffn_norm"),
    SMOLLM3("smollm3", true, false, "ffn_norm"),
    GRANITE("granite", true, true, "ffn_norm"),
    SEED_OSS("seed_oss", false, false, "post_attention_norm"),
    GEMMA3("gemma3", false, false, "post_attention_norm");

    /** In llama.cpp's smollm3 every fourth layer does not rotate. */
    private static final int ROTATED = 4;

    /** In llama.cpp's gemma3 every sixth layer has no window, unless a file says otherwise, which older ones ignore. */
    private static final int WINDOWS = 6;

    /** Base of the rotary embedding of layers with a window in llama.cpp's gemma3. */
    private static final RotaryConfig IN_WINDOWS = RotaryConfig.plain(10_000);

    /** The number of layers by which llama.cpp knows Gemma 3 27B, whose products it scales in its own way. */
    private static final int LAYERS_OF_27B = 62;

    private final String architecture;
    private final boolean interleavesHeads;
    private final boolean hasRotaryFactors;
    private final String postAttentionNorm;

    /** @param hasRotaryFactors whether llama.cpp reads {@link TensorPlace#ROTARY_FACTORS} */
    Family(String architecture, boolean interleavesHeads, boolean hasRotaryFactors, String postAttentionNorm) {
        this.architecture = architecture;
        this.interleavesHeads = interleavesHeads;
        this.hasRotaryFactors = hasRotaryFactors;
        this.postAttentionNorm = postAttentionNorm;
    }

    /** Empty if llama.cpp has no architecture that computes the same, or if the engine does not write it. */
    public static Optional<Family> of(ModelConfig config) {
        return named(config)
                .filter(family -> family.hasRotaryFactors || config.rotary().llama3() == null);
    }

    private static Optional<Family> named(ModelConfig config) {
        boolean unbiased = config.biased().isEmpty();
        return switch (config.architecture()) {
            case LLAMA, MISTRAL -> Optional.of(LLAMA);
            case QWEN2 -> Optional.of(QWEN2);
            case QWEN3 -> Optional.of(QWEN3).filter(family -> unbiased);
            case SMOLLM3 -> Optional.of(SMOLLM3).filter(family -> unbiased && hasLayersOfSmolLm3(config));
            case GRANITE -> Optional.of(GRANITE).filter(family -> unbiased);
            case SEED_OSS ->
                Optional.of(SEED_OSS)
                        .filter(family ->
                                Set.of(ProjectionGroup.ATTENTION_INPUT).containsAll(config.biased()));
            case GEMMA3 -> Optional.of(GEMMA3).filter(family -> unbiased && isGemma3(config));
        };
    }

    private static boolean hasLayersOfSmolLm3(ModelConfig config) {
        List<LayerKind> kinds = config.kinds();
        return IntStream.range(0, kinds.size())
                .allMatch(layer -> kinds.get(layer).window() == 0
                        && kinds.get(layer).rotary().equals(RotaryConfig.NONE) == ((layer + 1) % ROTATED == 0));
    }

    private static boolean isGemma3(ModelConfig config) {
        List<LayerKind> kinds = config.kinds();
        int window = kinds.get(0).window();
        LayerKind whole = new LayerKind(0, config.rotary());
        boolean hasLayers = IntStream.range(0, kinds.size())
                .allMatch(layer -> kinds.get(layer)
                        .equals((layer + 1) % WINDOWS == 0 ? whole : new LayerKind(window, IN_WINDOWS)));
        double scale = config.layers() == LAYERS_OF_27B
                ? Math.pow((double) config.hiddenSize() / config.heads(), -0.5)
                : Multipliers.plain(config.headSize()).attention();
        return hasLayers && window > 0 && Math.abs(config.multipliers().attention() - scale) < 1e-9;
    }

    /** {@code general.architecture}, and the prefix of the model's own keys. */
    public String architecture() {
        return architecture;
    }

    /** Whether numbers that are rotated together are adjacent in a head, instead of half a head apart. */
    boolean interleavesHeads() {
        return interleavesHeads;
    }

    /** Name in a layer of what a Hugging Face directory calls {@code post_attention_layernorm}. */
    String postAttentionNorm() {
        return postAttentionNorm;
    }
}
