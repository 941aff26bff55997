package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterGradients;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.network.lora.NamedMatrices;
import dev.anneal.engine.network.lora.RandomAdapter;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Loss and gradients derived by hand against autograd over the plain head, which takes one row at a time: of all
 * weights and of an adapter at the same time. Drawn at random: kinds, switches, shapes with grouped heads, biases,
 * norms of heads, windows, vocabularies, numbers of steps, rows, what is trained of them, activations and beta.
 */
class EagleGradientsTest {

    /** Have a row that is longer than two blocks of the attention. */
    private static final List<Long> LONG_ROWS = List.of(3L, 8L);

    /** Of the largest gradient: smaller ones are differences of larger numbers, whose roundings they have. */
    private static final double LEAST_SHARE = 1e-3;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void engineComputesWhatAutogradDoesRowByRow(long seed) throws IOException {
        Random random = new Random(seed);
        int longest = LONG_ROWS.contains(seed) ? 600 : 12;
        try (RandomHead random3 = new RandomHead(folder, ElementType.FLOAT32, random, longest);
                TensorScope scope = random3.target.scope().child()) {
            Case own = new Case(random3, random, seed, scope);
            List<int[]> rows = random3.rows(random, longest);
            EagleInput input = random3.input(scope, rows, random);

            own.compare(rows, input);
        }
    }

    /** A head, its adapter and what it learns. */
    private final class Case {
        private final RandomHead random;
        private final EagleHead head;
        private final EagleObjective lesson;
        private final AdapterConfig config;
        private final double beta;
        private final Adapter adapter;
        private final TensorScope scope;

        Case(RandomHead random, Random numbers, long seed, TensorScope scope) throws IOException {
            this.random = random;
            this.head = random.head;
            this.scope = scope;
            boolean eagle3 = head.config().isEagle3();
            List<Double> weights = new ArrayList<>();
            for (int step = 0; step < (eagle3 ? 1 + numbers.nextInt(4) : 1); step++) {
                weights.add(0.5 + numbers.nextDouble());
            }
            this.lesson = new EagleObjective(DistillationLoss.KL_DIV, weights, eagle3 ? 0 : 0.7);
            this.beta = seed % 4 == 0 ? 0 : seed % 4 == 1 ? 1 : numbers.nextDouble();
            this.config = AdapterConfig.of(
                    1 + numbers.nextInt(4),
                    5,
                    false,
                    0,
                    List.of("relu", "silu", "gelu").get((int) (seed % 3)),
                    AnnealingSchedule.none(),
                    AdapterConfig.targetsNamed(
                            seed % 5 == 0 ? List.of("q_proj", "v_proj", "up_proj") : List.of(AdapterConfig.ALL_LINEAR),
                            Projections.SEPARATE));
            this.adapter = RandomAdapter.of(head.scope(), head.precision(), head.config(), config, numbers, folder);
        }

        void compare(List<int[]> rows, EagleInput input) throws IOException {
            List<Tensor> ofWeights = random.weights.newGradients(scope);
            AdapterGradients ofAdapter = adapter.newGradients(scope);
            double loss;
            try (EaglePass pass =
                    new EaglePass(scope, head, random.teacher, input, adapter.apply(beta, AdapterDropout.NONE))) {
                pass.forward(lesson.steps());
                loss = total(pass.backward(
                        lesson, new EagleGradients(ofAdapter.layers().get(0), random.weights.arranged(ofWeights))));
            }
            PlainEagle reference = reference(rows, input);

            String which = "%s at beta %s with %s".formatted(head.config(), beta, config);
            assertThat(loss / reference.loss()).as(which).isCloseTo(1, within(TestDevice.tolerance(2e-5)));
            Map<String, float[]> actual =
                    withFcNorms(EagleMatrices.of(random.weights, ofWeights, folder.resolve("gradients.safetensors")));
            actual.putAll(NamedMatrices.of(scope, adapter, ofAdapter));
            requireClose(actual, reference.gradients(), which);
        }

        private double total(List<EagleSums> sums) {
            double total = 0;
            for (int step = 0; step < sums.size(); step++) {
                total += lesson.weights().get(step) * sums.get(step).loss()
                        + lesson.regression() * sums.get(step).regression();
            }
            return total;
        }

        private PlainEagle reference(List<int[]> rows, EagleInput input) throws IOException {
            Map<String, float[]> weights =
                    EagleMatrices.of(random.weights, random.weights.masters(), folder.resolve("weights.safetensors"));
            EagleTensors own = head.program().weights();
            weights.put(CheckpointTensors.HEAD, own.head().toFloats());
            PlainEagle reference = new PlainEagle(
                    head.config(),
                    lesson,
                    adapter.apply(beta, AdapterDropout.NONE).activation(),
                    scope,
                    weights,
                    NamedMatrices.of(scope, adapter));
            Tensor beside =
                    head.config().isEagle3() ? head.program().concatenated(scope, input.streams()) : input.states();
            PlainEagle.Frozen frozen = new PlainEagle.Frozen(head.embedding(), random.teacher.table(), config, beta);
            for (int row = 0; row < rows.size(); row++) {
                int begin = input.rows().begin(row);
                int end = input.rows().end(row);
                float[] trained = new float[end - begin];
                for (int i = begin; i < end; i++) {
                    trained[i - begin] = input.trained()[i] ? 1 : 0;
                }
                reference.add(
                        rows.get(row), part(beside, begin, end), part(input.states(), begin, end), trained, frozen);
            }
            return reference;
        }
    }

    private static float[] part(Tensor tensor, int begin, int end) {
        int width = (int) tensor.shape()[1];
        return Arrays.copyOfRange(tensor.toFloats(), begin * width, end * width);
    }

    /** The norms of all streams as one. */
    private static Map<String, float[]> withFcNorms(Map<String, float[]> gradients) {
        Map<String, float[]> joined = new LinkedHashMap<>();
        float[] norms = new float[0];
        for (Map.Entry<String, float[]> each : gradients.entrySet()) {
            if (each.getKey().startsWith("fc_norm.")) {
                int before = norms.length;
                norms = Arrays.copyOf(norms, before + each.getValue().length);
                System.arraycopy(each.getValue(), 0, norms, before, each.getValue().length);
                joined.put("fc_norm", norms);
            } else {
                joined.put(each.getKey(), each.getValue());
            }
        }
        return joined;
    }

    private static void requireClose(Map<String, float[]> actual, Map<String, float[]> expected, String which) {
        assertThat(actual.keySet()).as(which).isEqualTo(expected.keySet());
        double least = LEAST_SHARE
                * expected.values().stream()
                        .mapToDouble(EagleGradientsTest::size)
                        .max()
                        .orElseThrow();
        actual.forEach((name, values) -> {
            float[] other = Objects.requireNonNull(expected.get(name));
            float[] difference = new float[values.length];
            assertThat(values).as(name).hasSameSizeAs(other);
            for (int i = 0; i < values.length; i++) {
                difference[i] = values[i] - other[i];
            }
            // fp32 on both sides with sums in another order.
            assertThat(size(difference) / Math.max(size(other), least))
                    .as("%s of %s", name, which)
                    .isLessThan(TestDevice.tolerance(2e-4));
        });
    }

    private static double size(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
