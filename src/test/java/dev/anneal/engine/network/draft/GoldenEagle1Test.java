package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** EAGLE-1 heads with and without input norm: predictions, losses and gradients of the reference (golden/ORIGIN.md). */
class GoldenEagle1Test {

    private static final double TOLERANCE = TestDevice.tolerance(1e-5);

    /** The largest logits are of the size 10. */
    private static final double LOGIT_TOLERANCE = TestDevice.tolerance(2e-5);

    private static final double GRADIENT_TOLERANCE = TestDevice.tolerance(2e-6);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"eagle1", "with-input-norm"})
    void predictionsLossesAndGradientsAreThoseOfTheReference(String name) throws IOException {
        try (DecoderModel target = GoldenEagle1.target();
                EagleHead head = GoldenEagle1.head(target, name, folder);
                EagleTeacher teacher = new EagleTeacher(head, target);
                TrainableHead weights = new TrainableHead(head, any -> true);
                TensorScope scope = target.scope().child()) {
            EagleInput input = GoldenEagle1.input(scope, target, teacher);
            try (EaglePass pass = new EaglePass(scope, head, teacher, input, head.noAdapter())) {
                List<Tensor> gradients = weights.newGradients(scope);
                pass.forward(1);
                requireOutputs(name, pass.output(0).toFloats(), "predicted", TOLERANCE);
                requireOutputs(
                        name, head.program().logits(scope, pass.output(0)).toFloats(), "logits", LOGIT_TOLERANCE);
                EagleSums measured = pass.measure(GoldenEagle1.lesson(input)).get(0);

                EagleSums sums = pass.backward(
                                GoldenEagle1.lesson(input),
                                new EagleGradients(head.noAdapter().layers().get(0), weights.arranged(gradients)))
                        .get(0);

                assertThat(sums).isEqualTo(measured);
                JsonNode expected = GoldenEagle1.losses().path(name);
                assertThat(sums.regression() / sums.trained())
                        .isCloseTo(expected.path("smooth_l1").asDouble(), within(TOLERANCE));
                assertThat(sums.loss() / sums.trained())
                        .isCloseTo(expected.path("soft_cross_entropy").asDouble(), within(TOLERANCE));
                requireGradients(
                        EagleMatrices.of(weights, gradients, folder.resolve("gradients.safetensors")),
                        GoldenTensors.all(GoldenEagle1.FOLDER + name + ".grads.safetensors"));
            }
        }
    }

    /** The last token of a row has none after it, and predicts nothing. */
    private static void requireOutputs(String name, float[] actual, String tensor, double tolerance) {
        TokenRows rows = GoldenEagle1.rows();
        float[] expected = GoldenTensors.floats(GoldenEagle1.FOLDER + name + ".expected.safetensors", tensor);
        int columns = actual.length / rows.tokens();
        for (int row = 0; row < rows.rows(); row++) {
            for (int at = rows.begin(row); at < rows.end(row) - 1; at++) {
                int place = row * (GoldenEagle1.WIDTH - 1) + at - rows.begin(row);
                for (int i = 0; i < columns; i++) {
                    assertThat((double) actual[at * columns + i])
                            .as("%s of token %d", tensor, at)
                            .isCloseTo(expected[place * columns + i], within(tolerance));
                }
            }
        }
    }

    private static void requireGradients(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, values) -> assertThat(
                        GoldenTensors.largestDifference(values, Objects.requireNonNull(expected.get(name))))
                .as(name)
                .isLessThan(GRADIENT_TOLERANCE));
    }
}
