package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All weights of a decoder, for training: fp32 masters; the model's weights are copies of them in its precision, or the
 * masters themselves. Not thread-safe, and the model must not be in use while masters change. Closed by its owner.
 */
public final class TrainableWeights implements AutoCloseable {

    private final DecoderModel model;
    private final MasterWeights masters;
    private final Tensor nothing;

    private TrainableWeights(DecoderModel model) {
        this.model = model;
        this.masters = new MasterWeights(
                model.scope(), model.program().of(0), model.config().headSize());
        this.nothing = masters.nothing();
        CheckpointTensors stored = new CheckpointTensors(model.config());
        DecoderTensors weights = model.weights();
        masters.add(List.of(stored.embedding()), weights.embedding(), false);
        for (int layer = 0; layer < model.config().layers(); layer++) {
            List<List<CheckpointTensors.Stored>> ofLayer = stored.layer(layer);
            for (int i = 0; i < ofLayer.size(); i++) {
                masters.add(ofLayer.get(i), weights.layers().get(layer).get(i), i == CheckpointTensors.HEAD_NORM);
            }
        }
        masters.add(List.of(stored.norm()), weights.norm(), false);
        if (!model.config().tiedEmbeddings()) {
            masters.add(List.of(stored.head()), weights.head(), false);
        }
    }

    /** Masters with the values of the model's files, in fp32 even if the model computes in another precision. */
    public static TrainableWeights of(DecoderModel model) throws IOException {
        TrainableWeights weights = new TrainableWeights(model);
        try {
            weights.masters.readMissing(model.directory());
            return weights;
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** fp32 masters, in the order of {@link #newGradients}. */
    public List<Tensor> masters() {
        return masters.masters();
    }

    /** The names of {@link #masters}; one that joins several tensors has the name of the first. */
    public List<String> names() {
        return masters.names();
    }

    /** Copies the masters to the model's weights. */
    public void refresh() {
        masters.refresh();
    }

    /** Allocates a gradient for each master, owned by {@code owner}. */
    public List<Tensor> newGradients(Scope owner) {
        return masters.newGradients(owner);
    }

    /** Gradients of {@link #newGradients} in the form for backward passes. */
    public Gradients arranged(List<Tensor> gradients) {
        List<Tensor> left = new ArrayList<>(gradients);
        Tensor embedding = left.remove(0);
        CheckpointTensors stored = new CheckpointTensors(model.config());
        List<List<Tensor>> layers = new ArrayList<>();
        for (int layer = 0; layer < model.config().layers(); layer++) {
            layers.add(stored.layer(layer).stream()
                    .map(parts -> parts.isEmpty() ? nothing : left.remove(0))
                    .toList());
        }
        Tensor norm = left.remove(0);
        Tensor head = left.isEmpty() ? embedding : left.remove(0);
        return new Gradients(model.noAdapter().layers(), new DecoderTensors(embedding, layers, norm, head));
    }

    /** Writes the masters as a safetensors file of F32 tensors with the names of the model's own. */
    public void save(Path file) throws IOException {
        masters.save(file);
    }

    /** Overwrites the masters with those of a folder whose {@code model.safetensors} {@link #save} wrote. */
    public void restore(Path folder) throws IOException {
        masters.restore(folder);
    }

    @Override
    public void close() {
        masters.close();
    }
}
