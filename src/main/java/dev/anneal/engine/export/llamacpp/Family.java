package dev.anneal.engine.export.llamacpp;

import dev.anneal.engine.network.architecture.LayerKind;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Multipliers;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.architecture.RotaryConfig;
import dev.anneal.engine.network.architecture.RotaryScaling;
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
    GEMMA("gemma", false, false, "ffn_norm"),
    GEMMA3("gemma3", false, false, "post_attention_norm"),
    OLMO2("olmo2", false, false, "post_attention_norm"),
    EXAONE4("exaone4", false, true, "post_attention_norm");

    /** In llama.cpp's smollm3 every fourth layer does not rotate. */
    private static final int ROTATED = 4;

    /** In llama.cpp's olmo2 and exaone4 every fourth layer has no window, where there are windows. */
    private static final int WINDOWS_OF_FOUR = 4;

    /** The number of layers by which llama.cpp knows EXAONE 4 32B, which alone has windows there. */
    private static final int LAYERS_OF_32B = 64;

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
        return named(config).filter(family -> family.scalesAs(config.rotary().scaling()));
    }

    private boolean scalesAs(RotaryScaling scaling) {
        if (scaling instanceof RotaryScaling.Llama3) {
            return hasRotaryFactors;
        }
        if (scaling instanceof RotaryScaling.Yarn yarn) {
            return this != GEMMA3 && yarn.isPlain();
        }
        return true;
    }

    private static Optional<Family> named(ModelConfig config) {
        boolean unbiased = config.biased().isEmpty();
        return switch (config.architecture()) {
            case LLAMA, MISTRAL -> Optional.of(LLAMA);
            case MINISTRAL3, PHI3 -> Optional.empty();
            case QWEN2 -> Optional.of(QWEN2);
            case QWEN3 -> Optional.of(QWEN3).filter(family -> unbiased);
            case SMOLLM3 -> Optional.of(SMOLLM3).filter(family -> unbiased && hasLayersOfSmolLm3(config));
            case GRANITE -> Optional.of(GRANITE).filter(family -> unbiased);
            case SEED_OSS ->
                Optional.of(SEED_OSS)
                        .filter(family ->
                                Set.of(ProjectionGroup.ATTENTION_INPUT).containsAll(config.biased()));
            case GEMMA -> Optional.of(GEMMA).filter(family -> unbiased && config.tiedEmbeddings());
            case GEMMA3 -> Optional.of(GEMMA3).filter(family -> unbiased && isGemma3(config));
            case OLMO2, OLMO3 ->
                Optional.of(OLMO2).filter(family -> unbiased && !config.tiedEmbeddings() && hasLayersOfOlmo(config));
            case EXAONE4 -> Optional.of(EXAONE4).filter(family -> hasLayersOfExaone(config));
        };
    }

    private static boolean hasLayersOfSmolLm3(ModelConfig config) {
        List<LayerKind> kinds = config.kinds();
        return IntStream.range(0, kinds.size())
                .allMatch(layer -> kinds.get(layer).window() == 0
                        && kinds.get(layer).rotary().equals(RotaryConfig.NONE) == ((layer + 1) % ROTATED == 0));
    }

    private static boolean isGemma3(ModelConfig config) {
        double scale = config.layers() == LAYERS_OF_27B
                ? Math.pow((double) config.hiddenSize() / config.heads(), -0.5)
                : Multipliers.plain(config.headSize()).attention();
        return hasWindows(config, WINDOWS, config.rotary(), IN_WINDOWS)
                && Math.abs(config.multipliers().attention() - scale) < 1e-9;
    }

    private static boolean hasLayersOfOlmo(ModelConfig config) {
        RotaryConfig unscaled = RotaryConfig.plain(config.rotary().theta());
        return hasHeadsOfWidth(config)
                && (hasEqualLayers(config) || hasWindows(config, WINDOWS_OF_FOUR, config.rotary(), unscaled));
    }

    private static boolean hasLayersOfExaone(ModelConfig config) {
        return hasHeadsOfWidth(config)
                && (config.layers() == LAYERS_OF_32B
                        ? hasWindows(config, WINDOWS_OF_FOUR, RotaryConfig.NONE, config.rotary())
                        : hasEqualLayers(config));
    }

    private static boolean hasHeadsOfWidth(ModelConfig config) {
        return config.heads() * config.headSize() == config.hiddenSize();
    }

    /** Whether all layers see all tokens and rotate alike. */
    private static boolean hasEqualLayers(ModelConfig config) {
        return !config.rotary().equals(RotaryConfig.NONE)
                && config.kinds().stream().allMatch(new LayerKind(0, config.rotary())::equals);
    }

    /** Whether all layers have one window but each {@code pattern}-th, which has none. */
    private static boolean hasWindows(ModelConfig config, int pattern, RotaryConfig whole, RotaryConfig inWindows) {
        List<LayerKind> kinds = config.kinds();
        int window = kinds.get(0).window();
        return window > 0
                && IntStream.range(0, kinds.size())
                        .allMatch(layer -> kinds.get(layer)
                                .equals(
                                        (layer + 1) % pattern == 0
                                                ? new LayerKind(0, whole)
                                                : new LayerKind(window, inWindows)));
    }

    /** Whether llama.cpp knows windows of this architecture. */
    boolean knowsWindows() {
        return this == GEMMA3 || this == OLMO2 || this == EXAONE4;
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
