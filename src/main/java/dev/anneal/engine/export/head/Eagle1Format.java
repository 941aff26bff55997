package dev.anneal.engine.export.head;

import dev.anneal.engine.network.draft.EagleConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** EAGLE-1 as SafeAILab's EAGLE reads it; embedding and output embedding are the target's. */
record Eagle1Format(TrainedHead head) implements HeadFormat {

    private static final String INPUT_NORM = TrainedHead.LAYER + "input_layernorm.weight";

    /** Biases that the format has, all or none. */
    private static final List<String> BIASES = List.of(
            TrainedHead.LAYER + "self_attn.q_proj.bias",
            TrainedHead.LAYER + "self_attn.k_proj.bias",
            TrainedHead.LAYER + "self_attn.v_proj.bias");

    @Override
    public Optional<String> obstacle() {
        return new HeadTensors(head)
                .fault()
                .or(new EagleFormat(head)::obstacle)
                .or(() -> head.has(INPUT_NORM)
                        ? EagleFormat.refused("a norm before the layer's attention")
                        : Optional.empty())
                .or(this::obstacleOfBiases);
    }

    private Optional<String> obstacleOfBiases() {
        List<String> biases = head.tensors().tensors().keySet().stream()
                .filter(name -> name.endsWith(".bias"))
                .toList();
        return biases.isEmpty() || (biases.size() == BIASES.size() && BIASES.containsAll(biases))
                ? Optional.empty()
                : EagleFormat.refused("biases but those of queries, keys and values together");
    }

    @Override
    public EagleConfig shape(Path configJson) throws IOException {
        return new EagleFormat(head).shape(configJson);
    }

    /** {@code bias} is that of fc. */
    @Override
    public Map<String, @Nullable Object> config(String dtype) {
        Map<String, @Nullable Object> config = new EagleFormat(head).keys(dtype);
        config.put("bias", false);
        if (head.has(BIASES.get(0))) {
            config.put(EagleFormat.BIASED, true);
        }
        return config;
    }

    @Override
    public Map<String, String> weights() {
        Map<String, String> names = new TreeMap<>(new SpeculatorsFormat(head).weights());
        names.remove(TrainedHead.EMBEDDING);
        return names;
    }
}
