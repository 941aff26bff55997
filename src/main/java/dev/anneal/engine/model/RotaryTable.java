package dev.anneal.engine.model;

import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;

/**
 * Cosines and sines of every position a model may see, [P, D / 2] in the model's precision. Angles are fp32 products, as transformers
 * forms them.
 */
record RotaryTable(Tensor cos, Tensor sin) {

    static RotaryTable of(Scope scope, ModelConfig config, ElementType precision) {
        float[] frequencies = config.rotary().inverseFrequencies(config.headSize());
        float[] cos = new float[config.maxPositions() * frequencies.length];
        float[] sin = new float[cos.length];
        for (int i = 0; i < cos.length; i++) {
            float position = Math.floorDiv(i, frequencies.length);
            float angle = position * frequencies[i % frequencies.length];
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        long[] shape = {config.maxPositions(), frequencies.length};
        try (Scope loading = scope.child()) {
            return new RotaryTable(
                    loading.floats(cos, shape).to(scope, precision),
                    loading.floats(sin, shape).to(scope, precision));
        }
    }
}
