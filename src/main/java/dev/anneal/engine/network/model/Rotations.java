package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.LayerKind;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.RotaryConfig;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rotary embeddings of a model's layers. */
final class Rotations {

    private final Program program;

    /** Of the type of cosines and sines, if that is not the one of the weights. */
    private final @Nullable Tensor precise;

    /** Of each rotary embedding half as many as the values of a head that it turns, fp32. */
    private final Map<RotaryConfig, Tensor> frequencies = new LinkedHashMap<>();

    Rotations(TensorScope owner, Program program, ModelConfig config) {
        this.program = program;
        this.precise = config.architecture().spec().preciseRotation() ? owner.zeros(ElementType.FLOAT32, 0) : null;
        for (LayerKind kind : config.kinds()) {
            frequencies.computeIfAbsent(kind.rotary(), rotary -> {
                float[] angles = rotary.inverseFrequencies(config.headSize());
                return owner.floats(angles, angles.length);
            });
        }
    }

    /**
     * Cosines and sines of positions for each rotary embedding.
     *
     * @param positions [N] int64
     * @param like tensor of the type of the weights
     */
    Map<RotaryConfig, Turns> at(TensorScope scope, Tensor positions, Tensor like) {
        Map<RotaryConfig, Turns> turns = new LinkedHashMap<>();
        frequencies.forEach((rotary, angles) -> {
            List<Tensor> made = program.callForList(
                    scope,
                    "turns",
                    positions,
                    angles,
                    rotary.scaling().attentionFactor(),
                    rotary.queries().growth(),
                    (long) rotary.queries().positions(),
                    precise == null ? like : precise);
            turns.put(rotary, new Turns(made.get(0), made.get(1)));
        });
        return turns;
    }
}
