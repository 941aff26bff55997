package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * All weights of a decoder, for training: fp32 masters; the model's weights are copies of them in its precision, or the masters themselves.
 * Not thread-safe, and the model must not be in use while masters change. Closed by its owner.
 */
public final class TrainableWeights implements AutoCloseable {

    private final DecoderModel model;
    private final Scope scope;
    private final List<Master> masters = new ArrayList<>();

    private TrainableWeights(DecoderModel model) {
        this.model = model;
        this.scope = model.scope().child();
        CheckpointTensors stored = new CheckpointTensors(model.config());
        DecoderTensors weights = model.weights();
        add(List.of(stored.embedding()), weights.embedding(), false);
        for (int layer = 0; layer < model.config().layers(); layer++) {
            List<List<CheckpointTensors.Stored>> ofLayer = stored.layer(layer);
            for (int i = 0; i < ofLayer.size(); i++) {
                add(ofLayer.get(i), weights.layers().get(layer).get(i), i == CheckpointTensors.HEAD_NORM);
            }
        }
        add(List.of(stored.norm()), weights.norm(), false);
        if (!model.config().tiedEmbeddings()) {
            add(List.of(stored.head()), weights.head(), false);
        }
    }

    /** Adds a master, unless the family has no such weight. */
    private void add(List<CheckpointTensors.Stored> stored, Tensor weight, boolean headNorm) {
        if (!stored.isEmpty()) {
            boolean same = !headNorm && weight.elementType() == ElementType.FLOAT32;
            long[] shape = headNorm ? new long[] {2, model.config().headSize()} : weight.shape();
            Tensor tensor = same ? weight : scope.zeros(ElementType.FLOAT32, shape);
            masters.add(new Master(stored, tensor, weight, headNorm));
        }
    }

    /**
     * A trained tensor.
     *
     * @param stored the checkpoint's tensors stacked in it
     * @param tensor fp32
     * @param weight the model's weight; may be {@code tensor}
     * @param headNorm whether {@code weight} repeats the two rows of {@code tensor} for each head
     */
    private record Master(List<CheckpointTensors.Stored> stored, Tensor tensor, Tensor weight, boolean headNorm) {

        /** The name of its first part. */
        String name() {
            return stored.get(0).name();
        }

        List<TensorPart> parts() {
            List<TensorPart> parts = new ArrayList<>();
            long begin = 0;
            for (CheckpointTensors.Stored part : stored) {
                parts.add(new TensorPart(part.name(), part.shape(), tensor, begin));
                begin += part.elements();
            }
            return parts;
        }
    }

    /** Masters with the values of the model's files, in fp32 even if the model computes in another precision. */
    public static TrainableWeights of(DecoderModel model) throws IOException {
        TrainableWeights weights = new TrainableWeights(model);
        try {
            weights.read(model.directory(), master -> master.tensor() != master.weight());
            return weights;
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** fp32 masters, in the order of {@link #newGradients}. */
    public List<Tensor> masters() {
        return masters.stream().map(Master::tensor).toList();
    }

    /** The names of {@link #masters}; one that joins several tensors has the name of the first. */
    public List<String> names() {
        return masters.stream().map(Master::name).toList();
    }

    /** Copies the masters to the model's weights. */
    public void refresh() {
        for (Master master : masters) {
            if (master.headNorm()) {
                model.program().refreshHeadNorm(scope, master.weight(), master.tensor());
            } else if (master.weight() != master.tensor()) {
                model.program().refresh(scope, master.weight(), master.tensor());
            }
        }
    }

    /** Allocates a gradient for each master, owned by {@code owner}. */
    public List<Tensor> newGradients(Scope owner) {
        return masters.stream()
                .map(master -> owner.zeros(ElementType.FLOAT32, master.tensor().shape()))
                .toList();
    }

    /** Gradients of {@link #newGradients} in the form for backward passes. */
    public Gradients arranged(List<Tensor> gradients) {
        Tensor nothing = scope.zeros(ElementType.FLOAT32, 0);
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
        TensorPart.write(
                file,
                masters.stream().flatMap(master -> master.parts().stream()).toList());
    }

    /** Overwrites the masters with those of a folder whose {@code model.safetensors} {@link #save} wrote. */
    public void restore(Path folder) throws IOException {
        read(folder, master -> true);
    }

    private void read(Path folder, Predicate<Master> which) throws IOException {
        try (WeightDirectory files = WeightDirectory.open(folder)) {
            for (Master master : masters) {
                for (TensorPart part : which.test(master) ? master.parts() : List.<TensorPart>of()) {
                    part.read(files.fileOf(part.name()));
                }
            }
        }
        refresh();
    }

    @Override
    public void close() {
        scope.close();
    }
}
