package dev.anneal.engine.export.head;

import dev.anneal.engine.network.draft.EagleNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** EAGLE-1 as SafeAILab's EAGLE reads it; the output embedding is the target's, too. */
record Eagle1Format(TrainedHead head) implements EagleFormat {

    private static final String INPUT_NORM = EagleNames.LAYER + "input_layernorm.weight";

    /** Biases that the format has, all or none. */
    private static final List<String> BIASES = List.of(
            EagleNames.LAYER + "self_attn.q_proj.bias",
            EagleNames.LAYER + "self_attn.k_proj.bias",
            EagleNames.LAYER + "self_attn.v_proj.bias");

    @Override
    public Optional<String> obstacle() {
        return obstacleOfLayer()
                .or(() -> head.has(INPUT_NORM)
                        ? EagleFormat.refused("a norm before the layer's attention")
                        : Optional.empty())
                .or(this::obstacleOfBiases);
    }

    private Optional<String> obstacleOfBiases() {
        List<String> biases = head.tensors().names().stream()
                .filter(name -> name.endsWith(".bias"))
                .toList();
        return biases.isEmpty() || (biases.size() == BIASES.size() && BIASES.containsAll(biases))
                ? Optional.empty()
                : EagleFormat.refused("biases but those of queries, keys and values together");
    }

    /** {@code bias} is that of fc. */
    @Override
    public Map<String, @Nullable Object> config(String dtype) {
        Map<String, @Nullable Object> config = keys(dtype);
        config.put("bias", false);
        if (head.has(BIASES.get(0))) {
            config.put(EagleFormat.BIASED, true);
        }
        return config;
    }
}
