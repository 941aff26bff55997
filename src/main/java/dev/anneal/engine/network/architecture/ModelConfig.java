package dev.anneal.engine.network.architecture;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What a base model's {@code config.json} says about its maths. Reading it loads no native code.
 *
 * @param layers decoder layers
 * @param heads query heads
 * @param keyValueHeads key and value heads; each serves {@code heads / keyValueHeads} query heads
 * @param headSize width of one head
 * @param maxPositions longest sequence the model was made for
 * @param normEpsilon epsilon of the root mean square norms
 * @param tiedEmbeddings whether the output embedding is the input embedding
 * @param paddingToken whose row of the input embedding its own occurrences do not train, as {@code torch.nn.Embedding(padding_idx)} has it; -1 for
 *     none
 * @param biased groups whose projections have biases
 * @param windows tokens that a query of each layer sees, itself among them; 0 for all
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
        RotaryConfig rotary,
        boolean tiedEmbeddings,
        int paddingToken,
        Set<ProjectionGroup> biased,
        List<Integer> windows) {

    public ModelConfig {
        biased = Set.copyOf(biased);
        windows = List.copyOf(windows);
    }

    /**
     * Reads a {@code config.json} as transformers 4 or 5 writes it. Whether the embeddings of a checkpoint are tied, its weights decide:
     * {@link #read(Path, WeightDirectory)}.
     *
     * @throws ModelConfigException if the engine does not run such a model
     * @throws IOException if the file cannot be read
     */
    public static ModelConfig read(Path configJson) throws IOException {
        return ModelConfigReader.read(configJson);
    }

    /**
     * Reads a {@code config.json} and holds a checkpoint's headers against it. Where it ties the embeddings but an output embedding of other
     * numbers is stored, that one is computed with, as transformers does.
     *
     * @throws ModelConfigException if the engine does not run such a model, or the weights are not of this one
     * @throws IOException if a file cannot be read
     */
    public static ModelConfig read(Path configJson, WeightDirectory weights) throws IOException {
        ModelConfig said = read(configJson);
        WeightHeaders.check(weights, said);
        if (!said.tiedEmbeddings() || !StoredHead.differs(weights)) {
            return said;
        }
        ModelConfig untied = said.untied();
        WeightHeaders.check(weights, untied);
        return untied;
    }

    private ModelConfig untied() {
        return new ModelConfig(
                architecture,
                vocabularySize,
                hiddenSize,
                intermediateSize,
                layers,
                heads,
                keyValueHeads,
                headSize,
                maxPositions,
                normEpsilon,
                rotary,
                false,
                paddingToken,
                biased,
                windows);
    }

    /** Parameters of the base model. */
    public long parameters() {
        long layer = 0;
        for (LayerNorm norm : LayerNorm.of(architecture)) {
            layer += norm.size(this);
        }
        for (Projection projection : Projection.values()) {
            long bias = biased.contains(projection.group()) ? 1 : 0;
            layer += (projection.inputSize(this) + bias) * projection.outputSize(this);
        }
        long embedding = (long) vocabularySize * hiddenSize;
        return layers * layer + hiddenSize + (tiedEmbeddings ? embedding : 2 * embedding);
    }
}
