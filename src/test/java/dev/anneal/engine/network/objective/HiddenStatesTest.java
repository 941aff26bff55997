package dev.anneal.engine.network.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.Batch;
import dev.anneal.engine.network.model.DecoderProgram;
import dev.anneal.engine.network.model.FrozenWeights;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.WeightLoader;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What enters each layer is what transformers computes there (golden/ORIGIN.md), in every family. */
class HiddenStatesTest {

    private static final int WIDTH = 24;

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "llama-untied-gqa", "llama3-rope", "mistral", "qwen2", "qwen3"})
    void hiddenStatesAreThoseOfTransformers(String name) throws IOException {
        String expected = "models/" + name + "/expected.safetensors";
        Path folder = GoldenTensors.path("models/" + name);
        ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
        TokenRows rows = TokenRows.of(GoldenTensors.ragged(
                GoldenTensors.ints(expected, "input_ids"), GoldenTensors.ints(expected, "attention_mask"), WIDTH));
        try (TensorScope scope = TensorScope.open(TestDevice.NAME);
                WeightDirectory files = WeightDirectory.open(folder)) {
            DecoderProgram program = new DecoderProgram(scope, config);
            FrozenWeights weights = FrozenWeights.of(
                    new WeightLoader(files, config, program, scope, ElementType.FLOAT32, 1 << 20).load());
            AppliedAdapter none = AppliedAdapter.none(scope, config, ElementType.FLOAT32);
            Batch batch = batch(scope, program, rows, weights);
            Tensor x = program.embed(scope, scope.longs(rows.ids(), rows.tokens()), weights.embedding());
            for (int layer = 0; layer < config.layers(); layer++) {
                requireClose(x.toFloats(), expected, layer, rows);
                x = program.layer(scope, x, layer, batch, weights, none).get(0);
            }
            requireClose(normed(x, weights.norm(), config), expected, config.layers(), rows);
        }
    }

    private static Batch batch(TensorScope scope, DecoderProgram program, TokenRows rows, FrozenWeights weights) {
        return program.batch(scope, rows, null, weights.norm());
    }

    private static void requireClose(float[] actual, String file, int layer, TokenRows rows) {
        float[] expected = GoldenTensors.unpadded(
                GoldenTensors.floats(file, "hidden." + layer), rows, WIDTH, actual.length / rows.tokens());

        assertThat(GoldenTensors.largestDifference(actual, expected))
                .as("hidden.%d", layer)
                .isLessThan(TestDevice.tolerance(1e-5));
    }

    /** The final norm, w x / sqrt(mean(x^2) + epsilon). */
    private static float[] normed(Tensor states, Tensor weight, ModelConfig config) {
        float[] x = states.toFloats();
        float[] w = weight.toFloats();
        for (int begin = 0; begin < x.length; begin += w.length) {
            double squares = 0;
            for (int i = 0; i < w.length; i++) {
                squares += (double) x[begin + i] * x[begin + i];
            }
            double scale = 1 / Math.sqrt(squares / w.length + config.normEpsilon());
            for (int i = 0; i < w.length; i++) {
                x[begin + i] = (float) (x[begin + i] * scale * w[i]);
            }
        }
        return x;
    }
}
