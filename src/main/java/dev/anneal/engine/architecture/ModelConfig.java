package dev.anneal.engine.architecture;

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
        Set<ProjectionGroup> biased,
        List<Integer> windows) {

    public ModelConfig {
        biased = Set.copyOf(biased);
        windows = List.copyOf(windows);
    }

    /**
     * Reads a {@code config.json} as transformers 4 or 5 writes it.
     *
     * @throws ModelConfigException if the engine does not run such a model
     * @throws IOException if the file cannot be read
     */
    public static ModelConfig read(Path configJson) throws IOException {
        return ModelConfigReader.read(configJson);
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
