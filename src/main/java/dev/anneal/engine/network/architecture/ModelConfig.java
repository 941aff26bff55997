package dev.anneal.engine.network.architecture;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Architecture of a base model, from its {@code config.json}. Reading it loads no native code.
 *
 * @param layers decoder layers
 * @param heads query heads
 * @param keyValueHeads key and value heads; each serves {@code heads / keyValueHeads} query heads
 * @param headSize width of one head
 * @param maxPositions maximum length of a sequence
 * @param normEpsilon epsilon of the root mean square norms. Where a family multiplies what layers add to the residual
 *     stream, the stream is divided by that factor instead, its norms' epsilon by the square, and
 *     {@link Multipliers#embedding} by the factor: norms make the same of it
 * @param tiedEmbeddings whether the output embedding is the input embedding
 * @param paddingToken token whose occurrences do not train its row of the input embedding, {@code padding_idx} of
 *     {@code torch.nn.Embedding}; -1 for none
 * @param biased groups whose projections have biases
 * @param kinds of the layers
 * @param storedInNf4 whether the checkpoint's projections are stored in 4 bits, as {@link Nf4Tensors}
 * @param multimodal whether this is the language model of a checkpoint that also has parts for images, which are
 *     neither read nor trained
 */
public record ModelConfig(
        Architecture architecture,
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int maxPositions,
        double normEpsilon,
        Multipliers multipliers,
        boolean tiedEmbeddings,
        int paddingToken,
        Set<ProjectionGroup> biased,
        List<LayerKind> kinds,
        boolean storedInNf4,
        boolean multimodal)
        implements LayerShape {

    public ModelConfig {
        biased = Set.copyOf(biased);
        kinds = List.copyOf(kinds);
    }

    /**
     * Reads a {@code config.json} as transformers 4 or 5 writes it. The weights of a checkpoint may still show that its
     * embeddings are not tied: {@link #read(Path, WeightDirectory)}.
     *
     * @throws ModelConfigException if the engine does not run such a model
     * @throws IOException if the file cannot be read
     */
    public static ModelConfig read(Path configJson) throws IOException {
        return ModelConfigReader.read(configJson);
    }

    /**
     * Reads a {@code config.json} and checks a checkpoint's headers against it. If it ties the embeddings but the
     * checkpoint stores an output embedding with other numbers, the embeddings are not tied, as in transformers.
     *
     * @throws ModelConfigException if the engine does not run such a model, or the weights do not match it
     * @throws IOException if a file cannot be read
     */
    public static ModelConfig read(Path configJson, WeightDirectory weights) throws IOException {
        ModelConfig tied = read(configJson);
        WeightHeaders.check(weights, tied);
        if (!tied.tiedEmbeddings() || !WeightHeaders.hasOwnHead(weights)) {
            return tied;
        }
        ModelConfig untied = tied.untied();
        WeightHeaders.check(weights, untied);
        return untied;
    }

    /**
     * As {@link #read(Path)}, of an object in a file of another kind.
     *
     * @param config changed: it takes the values that transformers uses for missing keys
     */
    public static ModelConfig read(Path file, ObjectNode config) {
        return ModelConfigReader.read(file, config);
    }

    @Override
    public Projections projections() {
        return architecture.spec().projections();
    }

    /** For each layer how many tokens a query sees, including itself; 0 for all. */
    public List<Integer> windows() {
        return kinds.stream().map(LayerKind::window).toList();
    }

    /** Number of the last layer that rotates queries and keys; 0 if none does. */
    public int lastRotatedLayer() {
        int layer = layers - 1;
        while (layer > 0 && kinds.get(layer).rotary().equals(RotaryConfig.NONE)) {
            layer--;
        }
        return layer;
    }

    /** Of the layers that rotate queries and keys, of those without a window if there are such. */
    public RotaryConfig rotary() {
        return kinds.stream()
                .filter(kind -> kind.window() == 0 && !kind.rotary().equals(RotaryConfig.NONE))
                .findFirst()
                .orElse(kinds.get(lastRotatedLayer()))
                .rotary();
    }

    /** Of the layer of a draft head. */
    public RotaryConfig rotaryOfDraftHeads() {
        return rotary().ofDraftHeads();
    }

    private ModelConfig untied() {
        return with(multipliers, false, kinds);
    }

    /**
     * A decoder of one such layer without multipliers, rotated as draft heads are, whose embeddings are not tied.
     *
     * @param window how many tokens a query sees, including itself; 0 for all
     */
    public ModelConfig ofOneLayer(int window) {
        return with(Multipliers.plain(headSize), false, List.of(new LayerKind(window, rotaryOfDraftHeads())));
    }

    private ModelConfig with(Multipliers newMultipliers, boolean tied, List<LayerKind> newKinds) {
        return new ModelConfig(
                architecture,
                vocabularySize,
                hiddenSize,
                intermediateSize,
                newKinds.size(),
                heads,
                keyValueHeads,
                headSize,
                maxPositions,
                normEpsilon,
                newMultipliers,
                tied,
                paddingToken,
                biased,
                newKinds,
                storedInNf4,
                multimodal);
    }

    /** Parameters of the base model, of its language model if it is multimodal. */
    public long parameters() {
        return new CheckpointTensors(this)
                .all().stream().mapToLong(CheckpointTensors.Stored::elements).sum();
    }
}
