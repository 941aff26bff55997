package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * bf16 against fp32 with the same masters. Target and head are rounded to bf16, and so is every product of three steps:
 * a few percent of a gradient's length. Gradients of queries and keys are differences of nearly equal terms.
 */
class Bf16EagleGradientsTest {

    private static final double LEAST_COSINE = 0.97;

    /**
     * Shifts all scores of a query nearly alike, which softmax does not see: its gradient is what is left of larger
     * numbers.
     */
    private static final String KEY_BIAS = "layers.0.self_attn.k_proj.bias";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void lossAndGradientsAreCloseToFp32(long seed) throws IOException {
        Result exact = run(ElementType.FLOAT32, seed);
        Result rounded = run(ElementType.BFLOAT16, seed);

        for (int step = 0; step < exact.sums().size(); step++) {
            EagleSums one = exact.sums().get(step);
            EagleSums other = rounded.sums().get(step);
            assertThat(other.trained()).isEqualTo(one.trained());
            assertThat(other.loss() / one.loss()).isCloseTo(1, within(0.03));
        }
        rounded.gradients().forEach((name, values) -> {
            if (name.equals(KEY_BIAS)) {
                return;
            }
            float[] reference = Objects.requireNonNull(exact.gradients().get(name));
            assertThat(cosine(values, reference)).as(name).isGreaterThan(LEAST_COSINE);
        });
    }

    private Result run(ElementType precision, long seed) throws IOException {
        Random random = new Random(seed);
        try (RandomHead own = new RandomHead(folder, precision, random, 12);
                TensorScope scope = own.target.scope().child()) {
            EagleInput input = own.input(scope, own.rows(random, 12), random);
            int steps = own.head.config().isEagle3() ? 3 : 1;
            EagleObjective lesson =
                    new EagleObjective(DistillationLoss.KL_DIV, Collections.nCopies(steps, 1.0), steps == 1 ? 1 : 0);
            List<Tensor> gradients = own.weights.newGradients(scope);
            try (EaglePass pass = new EaglePass(scope, own.head, own.teacher, input, own.head.noAdapter())) {
                pass.forward(steps);
                List<EagleSums> sums = pass.backward(
                        lesson,
                        new EagleGradients(own.head.noAdapter().layers().get(0), own.weights.arranged(gradients)));
                return new Result(
                        sums, EagleMatrices.of(own.weights, gradients, folder.resolve("gradients.safetensors")));
            }
        }
    }

    private static double cosine(float[] one, float[] other) {
        double product = 0;
        for (int i = 0; i < one.length; i++) {
            product += (double) one[i] * other[i];
        }
        return product / length(one) / length(other);
    }

    private static double length(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    /** Sums of each step, and gradients by name. */
    private record Result(List<EagleSums> sums, Map<String, float[]> gradients) {}
}
