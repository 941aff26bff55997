package dev.anneal.engine.network.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.PassControl;
import dev.anneal.engine.network.model.PassInput;
import dev.anneal.engine.network.model.TrainableWeights;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of all weights, biases, norms and embeddings against autograd over the plain decoder, on random shapes of
 * every family: each weight's, and that of a norm of heads over all of them.
 */
class WeightGradientsTest {

    @TempDir
    Path folder;

    static LongStream seeds() {
        return RandomModel.seeds().filter(seed -> seed <= 10 || RandomModel.isOfLaterFamily(seed));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gradientsAreThoseOfAutograd(long seed) throws IOException {
        Random random = new Random(seed);
        int longest = seed == 9 ? 600 : 12;
        RandomModel shape = RandomModel.in(folder, RandomModel.familyOf(seed), random, longest);
        List<int[]> rows = rows(shape, random, longest);
        List<int[]> labels =
                rows.stream().map(row -> someUntrained(row, random)).toList();
        TokenRows tokens = TokenRows.of(rows);

        try (DecoderModel model = DecoderModel.load(folder, ElementType.FLOAT32, TestDevice.NAME);
                TrainableWeights weights = TrainableWeights.of(model);
                TensorScope scope = model.scope().child()) {
            List<Tensor> gradients = weights.newGradients(scope);
            LossSums sums = model.lossAndGradient(
                    scope,
                    new PassInput(tokens, Targets.of(tokens, labels, -100)),
                    model.noAdapter(),
                    weights.arranged(gradients),
                    new PassControl(true, () -> {}),
                    Objective.LIKELIHOOD);
            AutogradReference reference = AutogradReference.ofWeights(shape, scope);
            for (int row = 0; row < rows.size(); row++) {
                reference.add(rows.get(row), labels.get(row), AdapterDropout.NONE);
            }

            assertThat(sums.negativeLogLikelihood() / reference.loss())
                    .isCloseTo(1, within(TestDevice.tolerance(1e-5)));
            Map<String, float[]> expected = reference.gradients();
            Map<String, float[]> actual = NamedMatrices.of(weights, gradients, folder.resolve("gradients.safetensors"));
            assertThat(actual.keySet()).isEqualTo(expected.keySet());
            // fp32 on both sides with sums in another order.
            actual.forEach(
                    (name, values) -> assertThat(relativeError(values, Objects.requireNonNull(expected.get(name))))
                            .as("%s of %s %s", name, shape.family(), shape.options())
                            .isLessThan(TestDevice.tolerance(2e-5)));
        }
    }

    private static List<int[]> rows(RandomModel shape, Random random, int longest) {
        List<int[]> rows = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int row = 0; row < count; row++) {
            rows.add(random.ints(2 + random.nextInt(12), 0, shape.vocabulary()).toArray());
        }
        rows.add(random.ints(longest, 0, shape.vocabulary()).toArray());
        return rows;
    }

    /** All but the last token of a row may be left untrained. */
    private static int[] someUntrained(int[] ids, Random random) {
        int[] labels = ids.clone();
        labels[0] = -100;
        for (int i = 1; i < labels.length - 1; i++) {
            labels[i] = random.nextInt(3) == 0 ? -100 : labels[i];
        }
        return labels;
    }

    private static double relativeError(float[] actual, float[] expected) {
        double difference = 0;
        double size = 0;
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            difference += Math.pow((double) actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        assertThat(size).isPositive();
        return Math.sqrt(difference / size);
    }
}
