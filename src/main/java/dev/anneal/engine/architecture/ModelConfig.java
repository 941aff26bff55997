package dev.anneal.engine.architecture;

import java.io.IOException;
import java.nio.file.Path;

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
        boolean tiedEmbeddings) {

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
        long layer = 2L * hiddenSize;
        for (Projection projection : Projection.values()) {
            layer += (long) projection.inputSize(this) * projection.outputSize(this);
        }
        long embedding = (long) vocabularySize * hiddenSize;
        return layers * layer + hiddenSize + (tiedEmbeddings ? embedding : 2 * embedding);
    }
}
