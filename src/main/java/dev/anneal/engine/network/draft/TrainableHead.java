package dev.anneal.engine.network.draft;

import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.model.MasterWeights;
import dev.anneal.engine.network.model.TensorPart;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Trained weights of a head: fp32 masters; the head's weights are copies of them in its precision, or the masters
 * themselves. The embedding is frozen. Not thread-safe, and the head must not be in use while masters change. Closed by
 * its owner.
 */
public final class TrainableHead implements AutoCloseable {

    private final EagleHead head;
    private final MasterWeights masters;

    /** For each of {@link EagleTensors#all} whether it is trained. */
    private final List<Boolean> trained = new ArrayList<>();

    /**
     * Masters with the values of the head's weights.
     *
     * @param which whether the weight with a name is trained; of those that are computed as one, such as queries, keys
     *     and values, the first is asked for
     */
    public TrainableHead(EagleHead head, Predicate<String> which) {
        this.head = head;
        this.masters = new MasterWeights(
                head.scope(), head.program().decoder().of(0), head.config().headSize());
        List<List<CheckpointTensors.Stored>> stored = EagleNames.of(head.config());
        List<Tensor> weights = head.program().weights().all();
        for (int i = 0; i < stored.size(); i++) {
            boolean own =
                    !stored.get(i).isEmpty() && which.test(stored.get(i).get(0).name());
            trained.add(own);
            if (own) {
                masters.add(stored.get(i), weights.get(i), i == CheckpointTensors.HEAD_NORM);
            }
        }
        masters.take();
    }

    /** fp32 masters, in the order of {@link #newGradients}. */
    public List<Tensor> masters() {
        return masters.masters();
    }

    /** The names of {@link #masters}; one that joins several tensors has the name of the first. */
    public List<String> names() {
        return masters.names();
    }

    /** For each of {@link #masters} the numbers of rows of the matrices stacked in it; none if it is a vector. */
    public List<List<Long>> matrices() {
        return masters.matrices();
    }

    /** Copies the masters to the head's weights. */
    public void refresh() {
        masters.refresh();
    }

    /** Allocates a gradient for each master, owned by {@code owner}. */
    public List<Tensor> newGradients(Scope owner) {
        return masters.newGradients(owner);
    }

    /** Gradients of {@link #newGradients} in the form for backward passes. */
    public EagleTensors arranged(List<Tensor> gradients) {
        List<Tensor> left = new ArrayList<>(gradients);
        return EagleTensors.of(trained.stream()
                .map(own -> own ? left.remove(0) : masters.nothing())
                .toList());
    }

    /** Writes the masters as a safetensors file of F32 tensors with Speculators' names. */
    public void save(Path file) throws IOException {
        masters.save(file);
    }

    /**
     * Writes all weights of the head in fp32, the masters of trained ones, with the vocabulary, as
     * {@link EagleHead#load} reads them.
     */
    public void saveWhole(Path file) throws IOException {
        List<Tensor> own = new ArrayList<>(masters.masters());
        List<TensorPart> parts = new ArrayList<>();
        try (Scope passing = head.scope().child()) {
            List<List<CheckpointTensors.Stored>> stored = EagleNames.of(head.config());
            List<Tensor> weights = head.program().weights().all();
            for (int i = 0; i < stored.size(); i++) {
                boolean has = !stored.get(i).isEmpty();
                if (trained.get(i)) {
                    parts.addAll(MasterWeights.parts(stored.get(i), own.remove(0)));
                } else if (has) {
                    parts.addAll(MasterWeights.parts(stored.get(i), inFp32(passing, weights.get(i))));
                }
            }
            List<TensorData> tensors = new ArrayList<>();
            parts.forEach(part -> tensors.add(part.data()));
            if (!head.vocabulary().isWhole()) {
                tensors.add(EagleNames.offsets(head.vocabulary()));
            }
            SafetensorsWriter.write(file, tensors);
        }
    }

    private static Tensor inFp32(Scope passing, Tensor weight) {
        return weight.elementType() == ElementType.FLOAT32 ? weight : weight.to(passing, ElementType.FLOAT32);
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
