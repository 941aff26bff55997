package dev.anneal.engine.train.passes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.Architecture;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.lora.RandomAdapter;
import dev.anneal.engine.network.lora.RandomModel;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.state.AdapterTraining;
import dev.anneal.engine.train.state.FullTraining;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Optimizer;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.Trainable;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Losses and gradients of rows that begin alike are those of the same rows computed apart, on any number of threads
 * with the same bits.
 */
class SharedPrefixTest {

    private static final int MODELS = 24;

    /** Of each model, and more if none of them has rows that begin alike. */
    private static final int BATCHES = Integer.getInteger("anneal.test.prefix.batches", 2);

    /**
     * Of the norm. In 1,008 batches on an EPYC the median was 8e-7, and three were above 1e-5; in 384 on a Xeon with
     * AMX the median was 3e-7, four were above 1.6e-5, and the largest was 8.7e-5: softmax of large scores makes more
     * of a rounding.
     */
    private static final double MOST_DIFFERENCE = 2e-4;

    @TempDir
    Path folder;

    static IntStream models() {
        return IntStream.range(0, MODELS);
    }

    @ParameterizedTest
    @MethodSource("models")
    void sharedBeginningsChangeNothing(int seed) throws IOException {
        Random random = new Random(seed);
        List<Architecture> families = List.of(Architecture.values());
        Architecture family = families.get(seed % families.size());
        RandomModel shape = RandomModel.in(folder, family, random, 120);
        // An input of ReLU that rounding puts on the other side of its kink has another gradient.
        String activation = List.of("silu", "gelu", "none").get(seed % 3);
        AdapterConfig config = AdapterConfig.of(
                2,
                5,
                false,
                0,
                activation,
                AnnealingSchedule.none(),
                AdapterConfig.targetsNamed(
                        List.of(AdapterConfig.ALL_LINEAR), family.spec().projections()));
        try (DecoderModel model = DecoderModel.load(folder, ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter = RandomAdapter.of(model, config, random, folder)) {
            int continued = 0;
            for (int batch = 0; batch < BATCHES || (continued == 0 && batch < 20); batch++) {
                List<EncodedRow> rows = new RandomRows(random, shape.vocabulary()).draw();
                DeviceLimits limits = new DeviceLimits(40 + random.nextInt(150), 128, 256, 16);
                boolean weighs = random.nextInt(3) == 0;
                Step step = new Step(
                        model,
                        new AdapterTraining(adapter),
                        adapter.apply(random.nextDouble(), AdapterDropout.NONE),
                        random.nextBoolean() ? "on" : "off",
                        weighs ? (Objective.OfLogProbabilities) SharedPrefixTest::weights : Objective.LIKELIHOOD);
                List<MicroBatch> together = MicroBatch.split(rows, 1, weighs ? Sharing.PROMPTS : Sharing.ALL, limits);
                continued += (int)
                        together.stream().filter(each -> each.prefix() != null).count();

                Computed expected = step.compute(MicroBatch.split(rows, 1, Sharing.NONE, limits), 1);
                Computed actual = step.compute(together, 1 + random.nextInt(3));
                Computed again = step.compute(together, 1 + random.nextInt(3));

                requireClose(actual, expected, "batch %d of %s %s".formatted(batch, family, shape.options()));
                assertThat(again.gradient).isEqualTo(actual.gradient);
                assertThat(again.sums).isEqualTo(actual.sums);
            }
            assertThat(continued).as("micro-batches that continue a prefix").isPositive();
        }
    }

    /**
     * The reference's trainings, their rows behind a context of which two rows have more in common, at each step of its
     * own training.
     */
    @ParameterizedTest
    @CsvSource({
        "llama-tied, silu",
        "llama-tied, relu",
        "llama-tied, rslora",
        "llama-tied, lora",
        "llama-tied, full",
        "qwen3, silu",
        "qwen3, relu",
        "qwen3, rslora",
        "qwen3, lora",
        "qwen3, full"
    })
    void goldenTrainingsBehindACommonContextStayTheSame(String base, String name) throws IOException {
        List<EncodedRow> rows = GoldenBatches.behindContext(100);
        DeviceLimits limits = new DeviceLimits(128, 128, 256, 16);
        try (DecoderModel model =
                        DecoderModel.load(GoldenTensors.path("models/" + base), ElementType.FLOAT32, TestDevice.NAME);
                Trainable<Gradients> trained = golden(model, base, name);
                Optimizer optimizer = new Optimizer(model.scope(), trained, 1);
                GradientSum<Gradients> sum = new GradientSum<>(model.scope(), trained, optimizer, 2, Ranks.alone())) {
            Passes passes =
                    new Passes(model, sum, new ActivationCheckpointing("off"), new StopSignal(() -> false, () -> {}));
            for (int step = 0; step < GoldenBatches.STEPS; step++) {
                List<EncodedRow> own =
                        rows.subList(GoldenBatches.STEP_ROWS * step, GoldenBatches.STEP_ROWS * (step + 1));
                AppliedAdapter applied = trained.apply(trained.betaAt(step, GoldenBatches.STEPS));
                Step gradients = new Step(model, trained, applied, "off", Objective.LIKELIHOOD);
                List<MicroBatch> together = MicroBatch.split(own, 1, Sharing.ALL, limits);
                assertThat(together).allMatch(batch -> batch.prefix() != null);

                Computed expected = gradients.compute(MicroBatch.split(own, 1, Sharing.NONE, limits), 2);
                requireClose(gradients.compute(together, 2), expected, "step " + step);

                LossSums sums = passes.train(
                                together, applied, each -> AdapterDropout.NONE, each -> Objective.LIKELIHOOD, () -> {})
                        .orElseThrow()
                        .sums();
                optimizer.step(sum.total(), 1.0 / sums.trained(), new Optimizer.Rates(1e-2, 1e-2, 0.01), step + 1);
            }
        }
    }

    /** A stop at any layer of any pass ends those that wait for it, and leaves no memory behind. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    @Timeout(60)
    void aStopEndsAllPasses(int threads) throws IOException {
        List<EncodedRow> rows = GoldenBatches.behindContext(100).subList(0, GoldenBatches.STEP_ROWS);
        List<MicroBatch> together = MicroBatch.split(rows, 1, Sharing.ALL, new DeviceLimits(64, 128, 256, 16));
        AtomicInteger layersLeft = new AtomicInteger();
        try (DecoderModel model =
                        DecoderModel.load(GoldenTensors.path("models/qwen3"), ElementType.FLOAT32, TestDevice.NAME);
                Trainable<Gradients> trained = golden(model, "qwen3", "silu");
                Optimizer optimizer = new Optimizer(model.scope(), trained, 1);
                GradientSum<Gradients> sum =
                        new GradientSum<>(model.scope(), trained, optimizer, threads, Ranks.alone())) {
            Passes passes = new Passes(
                    model,
                    sum,
                    new ActivationCheckpointing("off"),
                    new StopSignal(() -> layersLeft.getAndDecrement() <= 0, () -> {}));
            AppliedAdapter applied = trained.apply(0.5);
            int held = model.scope().held();
            int stopped = 0;
            Optional<LossSums> sums = Optional.empty();
            for (int layers = 0; sums.isEmpty(); layers++) {
                layersLeft.set(layers);
                sums = passes.train(
                                together, applied, each -> AdapterDropout.NONE, each -> Objective.LIKELIHOOD, () -> {})
                        .map(Passes.Outcome::sums);
                stopped += sums.isEmpty() ? 1 : 0;
                assertThat(model.scope().held()).isEqualTo(held);
            }
            layersLeft.set(Integer.MAX_VALUE);
            assertThat(stopped).as("layers of all passes").isGreaterThan(10);
            assertThat(passes.train(
                                    together,
                                    applied,
                                    each -> AdapterDropout.NONE,
                                    each -> Objective.LIKELIHOOD,
                                    () -> {})
                            .map(Passes.Outcome::sums))
                    .isEqualTo(sums);
        }
    }

    private static Trainable<Gradients> golden(DecoderModel model, String base, String name) throws IOException {
        if (name.equals("full")) {
            return FullTraining.of(model, null);
        }
        GoldenRun run = GoldenRun.of(base, name);
        return new AdapterTraining(Adapter.load(model, run.config(), run.path("initial")));
    }

    private static void requireClose(Computed actual, Computed expected, String what) {
        assertThat(actual.sums.trained()).isEqualTo(expected.sums.trained());
        if (expected.sums.trained() > 0) {
            assertThat(actual.sums.mean())
                    .as("loss of " + what)
                    .isCloseTo(expected.sums.mean(), within(TestDevice.tolerance(1e-5)));
            assertThat(actual.evaluated.mean())
                    .as("evaluated loss of " + what)
                    .isCloseTo(expected.sums.mean(), within(TestDevice.tolerance(1e-5)));
        }
        assertThat(difference(actual.gradient, expected.gradient))
                .as("gradient of " + what)
                .isLessThanOrEqualTo(TestDevice.tolerance(MOST_DIFFERENCE));
    }

    /** An objective that weighs each token by its own probability. */
    private static float[] weights(float[] logProbabilities) {
        float[] derivatives = new float[logProbabilities.length];
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = (float) -Math.exp(logProbabilities[i] / 4);
        }
        return derivatives;
    }

    /** What one step gives. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Computed(LossSums sums, LossSums evaluated, float[] gradient) {}

    /** What is the same however rows are split. */
    private record Step(
            DecoderModel model,
            Trainable<Gradients> trained,
            AppliedAdapter applied,
            String recompute,
            Objective objective) {

        Computed compute(List<MicroBatch> batches, int threads) {
            try (Optimizer optimizer = new Optimizer(model.scope(), trained, 1);
                    GradientSum<Gradients> sum =
                            new GradientSum<>(model.scope(), trained, optimizer, threads, Ranks.alone())) {
                Passes passes = new Passes(
                        model, sum, new ActivationCheckpointing(recompute), new StopSignal(() -> false, () -> {}));
                sum.clear();
                LossSums sums = passes.train(batches, applied, each -> AdapterDropout.NONE, each -> objective, () -> {})
                        .orElseThrow()
                        .sums();
                LossSums evaluated =
                        passes.evaluate(batches, applied, done -> {}).orElseThrow();
                List<Tensor> gradients = sum.total().ofParameters();
                FloatBuffer gradient = FloatBuffer.allocate(
                        (int) gradients.stream().mapToLong(Tensor::elements).sum());
                gradients.forEach(tensor -> gradient.put(tensor.toFloats()));
                return new Computed(sums, evaluated, gradient.array());
            }
        }
    }

    /** Of the norm; 0 if both are 0. */
    private static double difference(float[] actual, float[] expected) {
        double squares = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            squares += Math.pow((double) actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return squares == 0 ? 0 : Math.sqrt(squares / norm);
    }
}
