package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * All weights of a decoder, for training: fp32 masters; the model's weights are copies of them in its precision, or the
 * masters themselves. Not thread-safe, and the model must not be in use while masters change. Closed by its owner.
 */
public final class TrainableWeights extends MasterWeights {

    private final DecoderModel model;

    private TrainableWeights(DecoderModel model) {
        super(model.scope(), model.program().of(0), model.config().headSize());
        this.model = model;
        CheckpointTensors stored = new CheckpointTensors(model.config());
        FrozenWeights weights = model.weights();
        if (!(weights.layers() instanceof ResidentLayers resident)) {
            throw new IllegalArgumentException("weights in 4 bits cannot be trained themselves");
        }
        add(List.of(stored.embedding()), weights.embedding(), false);
        for (int layer = 0; layer < model.config().layers(); layer++) {
            List<List<CheckpointTensors.Stored>> ofLayer = stored.layer(layer);
            for (int i = 0; i < ofLayer.size(); i++) {
                add(ofLayer.get(i), resident.layers().get(layer).get(i), stored.isPerHead(i));
            }
        }
        add(List.of(stored.norm()), weights.norm(), false);
        if (!model.config().tiedEmbeddings()) {
            add(List.of(stored.head()), weights.head(), false);
        }
    }

    /** Masters with the values of the model's files, in fp32 even if the model computes in another precision. */
    public static TrainableWeights of(DecoderModel model) throws IOException {
        TrainableWeights weights = new TrainableWeights(model);
        try {
            weights.readMissing(model.directory());
            return weights;
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** Gradients of {@link #newGradients} in the form for backward passes. */
    public Gradients arranged(List<Tensor> gradients) {
        List<Tensor> left = new ArrayList<>(gradients);
        Tensor embedding = left.remove(0);
        CheckpointTensors stored = new CheckpointTensors(model.config());
        List<List<Tensor>> layers = new ArrayList<>();
        for (int layer = 0; layer < model.config().layers(); layer++) {
            layers.add(stored.layer(layer).stream()
                    .map(parts -> parts.isEmpty() ? nothing() : left.remove(0))
                    .toList());
        }
        Tensor norm = left.remove(0);
        Tensor head = left.isEmpty() ? embedding : left.remove(0);
        return new Gradients(model.noAdapter().layers(), new DecoderTensors(embedding, layers, norm, head));
    }
}
