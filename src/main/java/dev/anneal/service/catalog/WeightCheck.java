package dev.anneal.service.catalog;

import dev.anneal.engine.model.ModelConfig;
import dev.anneal.engine.model.Projection;
import dev.anneal.engine.safetensors.Dtype;
import dev.anneal.engine.safetensors.SafetensorsException;
import dev.anneal.engine.safetensors.TensorEntry;
import dev.anneal.engine.safetensors.WeightDirectory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Holds the headers of a model's weight files against its configuration, so that a job fails before it waits and not after. */
final class WeightCheck {

    private static final Set<Dtype> DTYPES = EnumSet.of(Dtype.BF16, Dtype.F16, Dtype.F32);

    private final WeightDirectory weights;
    private final ModelConfig config;

    private WeightCheck(WeightDirectory weights, ModelConfig config) {
        this.weights = weights;
        this.config = config;
    }

    /** @throws SafetensorsException if a tensor is missing, or of another shape or type than the model needs */
    static void check(WeightDirectory weights, ModelConfig config) {
        WeightCheck check = new WeightCheck(weights, config);
        check.matrix("model.embed_tokens.weight", config.vocabularySize(), config.hiddenSize());
        for (int layer = 0; layer < config.layers(); layer++) {
            check.layer(layer);
        }
        check.vector("model.norm.weight");
        if (!config.tiedEmbeddings()) {
            check.matrix("lm_head.weight", config.vocabularySize(), config.hiddenSize());
        }
    }

    private void layer(int layer) {
        vector("model.layers." + layer + ".input_layernorm.weight");
        vector("model.layers." + layer + ".post_attention_layernorm.weight");
        for (Projection projection : Projection.values()) {
            matrix(
                    projection.modulePath(layer) + ".weight",
                    projection.outputSize(config),
                    projection.inputSize(config));
        }
    }

    private void vector(String name) {
        require(name, List.of((long) config.hiddenSize()));
    }

    private void matrix(String name, int rows, int columns) {
        require(name, List.of((long) rows, (long) columns));
    }

    private void require(String name, List<Long> shape) {
        TensorEntry entry = weights.entry(name);
        if (!entry.shape().equals(shape)) {
            throw new SafetensorsException(
                    weights.fileOf(name).path(),
                    "tensor '" + name + "' must have shape " + shape + " by config.json but has " + entry.shape());
        }
        if (!DTYPES.contains(entry.dtype())) {
            throw new SafetensorsException(
                    weights.fileOf(name).path(),
                    "tensor '" + name + "' must be one of " + DTYPES + " but is " + entry.dtype());
        }
    }
}
