package dev.anneal.engine.export.head;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Names and shapes of a head's tensors. */
final class HeadTensors {

    private final TrainedHead head;
    private final ModelConfig sizes;
    private final Map<String, List<Long>> required = new LinkedHashMap<>();
    private final Map<String, List<Long>> optional = new LinkedHashMap<>();

    HeadTensors(TrainedHead head) {
        this.head = head;
        this.sizes = head.target().sizes();
        for (Projection projection : Projection.values()) {
            require(weight(projection), projection.outputSize(sizes), inputSize(projection));
            allow(bias(projection), projection.outputSize(sizes));
        }
        require(TrainedHead.LAYER + "post_attention_layernorm.weight", sizes.hiddenSize());
        allow(TrainedHead.LAYER + "self_attn.q_norm.weight", sizes.headSize());
        allow(TrainedHead.LAYER + "self_attn.k_norm.weight", sizes.headSize());
        allow("fc.bias", sizes.hiddenSize());
        allow(TrainedHead.EMBEDDING, sizes.vocabularySize(), sizes.hiddenSize());
        if (head.isEagle3()) {
            addEagle3();
        } else {
            require("fc.weight", sizes.hiddenSize(), 2L * sizes.hiddenSize());
            allow(TrainedHead.LAYER + "input_layernorm.weight", sizes.hiddenSize());
        }
    }

    private void addEagle3() {
        long hidden = sizes.hiddenSize();
        long inputs = hidden * head.streams().size();
        require("fc.weight", hidden, inputs);
        require(TrainedHead.LAYER + "input_layernorm.weight", hidden);
        require(TrainedHead.LAYER + "hidden_norm.weight", hidden);
        require("norm.weight", hidden);
        require("lm_head.weight", head.vocabulary(), hidden);
        if (head.shape().normBeforeFc()) {
            require("input_norm.weight", inputs);
        }
        for (int i = 0; head.shape().fcNorm() && i < head.streams().size(); i++) {
            require("fc_norm." + i + ".weight", hidden);
        }
        if (head.isReduced()) {
            require(TrainedHead.OFFSETS, head.vocabulary());
        } else {
            allow(TrainedHead.OFFSETS, head.vocabulary());
        }
        allow(TrainedHead.MEMBERS, head.targetVocabulary());
    }

    private static String weight(Projection projection) {
        return TrainedHead.LAYER + projection.pathInLayer() + ".weight";
    }

    static String bias(Projection projection) {
        return TrainedHead.LAYER + projection.pathInLayer() + ".bias";
    }

    private long inputSize(Projection projection) {
        boolean joined = head.isEagle3() && projection.group() == ProjectionGroup.ATTENTION_INPUT;
        return (joined ? 2L : 1L) * projection.inputSize(sizes);
    }

    private void require(String name, long... shape) {
        required.put(name, LongStream.of(shape).boxed().toList());
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
        return head.tensors().tensors().values().stream()
                .flatMap(entry -> fault(entry).stream())
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
            case TrainedHead.OFFSETS -> Dtype.I64;
            case TrainedHead.MEMBERS -> Dtype.BOOL;
            default -> Dtype.F32;
        };
    }
}
