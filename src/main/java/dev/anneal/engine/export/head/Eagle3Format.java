package dev.anneal.engine.export.head;

import dev.anneal.engine.network.draft.EagleNames;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * EAGLE-3 as SafeAILab's EAGLE reads it. It loads weights by name and ignores others, so what it cannot express is
 * refused here.
 */
record Eagle3Format(TrainedHead head) implements EagleFormat {

    private static final String LAYER = "midlayer.";

    @Override
    public Optional<String> obstacle() {
        return obstacleOfLayer()
                .or(this::obstacleOfSwitches)
                .or(this::obstacleOfStreams)
                .or(() -> head.hasAnyEndingIn(".bias") ? EagleFormat.refused("biases") : Optional.empty())
                .map(obstacle -> obstacle + "; ask for the format 'speculators'");
    }

    private Optional<String> obstacleOfSwitches() {
        EagleHead shape = head.shape();
        Map<String, Boolean> switches = new TreeMap<>(Map.of(
                "norm_before_residual", shape.normBeforeResidual(),
                "norm_before_fc", shape.normBeforeFc(),
                "fc_norm", shape.fcNorm(),
                "norm_output", shape.normOutput()));
        return switches.entrySet().stream()
                .filter(Map.Entry::getValue)
                .findFirst()
                .flatMap(on -> EagleFormat.refused("'%s', with which this head was trained".formatted(on.getKey())));
    }

    /** Its code always reads the same three. */
    private Optional<String> obstacleOfStreams() {
        int layers = head.target().sizes().layers();
        List<Integer> read = EagleFormat.streams(layers);
        return head.streams().equals(read)
                ? Optional.empty()
                : EagleFormat.refused("a choice of streams: it reads %s of the %d layers, this head %s"
                        .formatted(read, layers, head.streams()));
    }

    @Override
    public Map<String, @Nullable Object> config(String dtype) {
        Map<String, @Nullable Object> config = keys(dtype);
        config.put(EagleFormat.VOCABULARY, head.vocabulary());
        return config;
    }

    @Override
    public Map<String, String> weights() {
        Map<String, String> names = EagleFormat.super.weights();
        names.replaceAll((name, same) ->
                name.startsWith(EagleNames.LAYER) ? LAYER + name.substring(EagleNames.LAYER.length()) : name);
        return names;
    }
}
