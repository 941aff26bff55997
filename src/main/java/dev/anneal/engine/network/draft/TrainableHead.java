package dev.anneal.engine.network.draft;

import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.model.MasterWeights;
import dev.anneal.engine.network.model.TensorPart;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
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
public final class TrainableHead extends MasterWeights {

    private final EagleHead head;

    /** For each of {@link EagleTensors#all} whether it is trained. */
    private final List<Boolean> trained = new ArrayList<>();

    /**
     * Masters with the values of the head's weights.
     *
     * @param which whether the weight with a name is trained; of those that are computed as one, such as queries, keys
     *     and values, the first is asked for
     */
    public TrainableHead(EagleHead head, Predicate<String> which) {
        super(head.scope(), head.program().decoder().of(0), head.config().headSize());
        this.head = head;
        CheckpointTensors layer = new CheckpointTensors(head.config().layer());
        List<List<CheckpointTensors.Stored>> stored = EagleNames.of(head.config());
        List<Tensor> weights = head.program().weights().all();
        for (int i = 0; i < stored.size(); i++) {
            boolean own =
                    !stored.get(i).isEmpty() && which.test(stored.get(i).get(0).name());
            trained.add(own);
            if (own) {
                add(stored.get(i), weights.get(i), layer.isPerHead(i));
            }
        }
        take();
    }

    /** Gradients of {@link #newGradients} in the form for backward passes. */
    public EagleTensors arranged(List<Tensor> gradients) {
        List<Tensor> left = new ArrayList<>(gradients);
        return EagleTensors.of(
                trained.stream().map(own -> own ? left.remove(0) : nothing()).toList());
    }

    /**
     * Writes all weights of the head in fp32, the masters of trained ones, with the vocabulary, as
     * {@link EagleHead#load} reads them.
     */
    public void saveWhole(Path file) throws IOException {
        List<Tensor> own = new ArrayList<>(masters());
        List<TensorPart> parts = new ArrayList<>();
        try (TensorScope passing = head.scope().child()) {
            List<List<CheckpointTensors.Stored>> stored = EagleNames.of(head.config());
            List<Tensor> weights = head.program().weights().all();
            for (int i = 0; i < stored.size(); i++) {
                boolean has = !stored.get(i).isEmpty();
                if (trained.get(i)) {
                    parts.addAll(parts(stored.get(i), own.remove(0)));
                } else if (has) {
                    parts.addAll(parts(stored.get(i), inFp32(passing, weights.get(i))));
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

    private static Tensor inFp32(TensorScope passing, Tensor weight) {
        return weight.elementType() == ElementType.FLOAT32 ? weight : weight.to(passing, ElementType.FLOAT32);
    }
}
