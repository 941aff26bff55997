package dev.anneal.engine.export.head;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.draft.EagleNames;
import dev.anneal.engine.network.draft.HeadShape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Names and shapes of a head's tensors. */
final class HeadTensors {

    private final TrainedHead head;
    private final Map<String, List<Long>> required = new LinkedHashMap<>();
    private final Map<String, List<Long>> optional = new LinkedHashMap<>();

    HeadTensors(TrainedHead head) {
        this.head = head;
        ModelConfig sizes = head.target().sizes();
        EagleNames.of(HeadShape.of(head.draft(), sizes))
                .forEach(weight -> weight.forEach(tensor -> required.put(tensor.name(), tensor.shape())));
        for (Projection projection : EagleNames.PROJECTIONS.all()) {
            allow(bias(projection), projection.outputSize(sizes));
        }
        allow(EagleNames.LAYER + "input_layernorm.weight", sizes.hiddenSize());
        allow(EagleNames.LAYER + "self_attn.q_norm.weight", sizes.headSize());
        allow(EagleNames.LAYER + "self_attn.k_norm.weight", sizes.headSize());
        allow("fc.bias", sizes.hiddenSize());
        allow(EagleNames.EMBEDDING, sizes.vocabularySize(), sizes.hiddenSize());
        if (head.isReduced()) {
            required.put(EagleNames.OFFSETS, List.of((long) head.vocabulary()));
        }
        if (head.isEagle3()) {
            allow(EagleNames.OFFSETS, head.vocabulary());
            allow(EagleNames.MEMBERS, head.targetVocabulary());
        }
    }

    static String bias(Projection projection) {
        return EagleNames.LAYER + projection.pathInLayer() + ".bias";
    }

    private void allow(String name, long... shape) {
        optional.put(name, LongStream.of(shape).boxed().toList());
    }

    /** What is wrong with the tensors; empty if they are those of such a head. */
    Optional<String> fault() {
        for (String name : required.keySet()) {
            if (!head.has(name)) {
                return Optional.of("the head has no tensor '%s'".formatted(name));
            }
        }
        return head.tensors().names().stream()
                .flatMap(name -> fault(head.tensors().entry(name)).stream())
                .findFirst();
    }

    private Optional<String> fault(TensorEntry entry) {
        @Nullable List<Long> shape = required.getOrDefault(entry.name(), optional.get(entry.name()));
        if (shape == null) {
            return Optional.of("tensor '%s' has no place in such a head".formatted(entry.name()));
        }
        Dtype dtype = dtype(entry.name());
        return entry.dtype() == dtype && entry.shape().equals(shape)
                ? Optional.empty()
                : Optional.of("tensor '%s' must be %s %s but is %s %s"
                        .formatted(entry.name(), dtype, shape, entry.dtype(), entry.shape()));
    }

    private static Dtype dtype(String name) {
        return switch (name) {
            case EagleNames.OFFSETS -> Dtype.I64;
            case EagleNames.MEMBERS -> Dtype.BOOL;
            default -> Dtype.F32;
        };
    }
}
