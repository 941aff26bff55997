package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** EAGLE-3 heads of every variant: logits, losses, counts and gradients of Speculators (golden/ORIGIN.md). */
class GoldenEagle3Test {

    private static final double TOLERANCE = TestDevice.tolerance(1e-5);
    private static final double GRADIENT_TOLERANCE = TestDevice.tolerance(2e-6);

    @TempDir
    Path folder;

    @Test
    void targetsHandOutTheirStreams() throws IOException {
        try (DecoderModel target = GoldenEagle3.target();
                TensorScope scope = target.scope().child()) {
            HiddenStates states = target.hiddenStates(
                    scope, GoldenEagle3.rows(), target.noAdapter(), List.of(4, 0, 2, 1, 3), () -> {});

            for (int i = 0; i < 5; i++) {
                int stream = List.of(4, 0, 2, 1, 3).get(i);
                assertThat(GoldenTensors.largestDifference(
                                states.streams().get(i).toFloats(), GoldenEagle3.residual(stream)))
                        .as("stream %d", stream)
                        .isLessThan(TOLERANCE);
            }
            assertThat(states.last().toFloats())
                    .isEqualTo(states.streams().get(0).toFloats());
        }
    }

    @Test
    void soDoTheyWhenTheyReadInParts() throws IOException {
        List<Integer> streams = List.of(2, 4, 0);
        int[] document = Arrays.stream(GoldenEagle3.rows().ids())
                .limit(13)
                .mapToInt(id -> (int) id)
                .toArray();
        try (DecoderModel target = GoldenEagle3.target();
                IncrementalDecoder decoder = new IncrementalDecoder(target);
                TensorScope scope = target.scope().child();
                KeyValueCache cache = decoder.newCache(scope, 1, 13)) {
            List<AppliedAdapter> none = List.of(target.noAdapter());
            HiddenStates first =
                    decoder.read(scope, List.of(Arrays.copyOf(document, 10)), cache, 0, none, streams, false);
            HiddenStates last =
                    decoder.read(scope, List.of(Arrays.copyOfRange(document, 10, 13)), cache, 0, none, streams, true);

            for (int i = 0; i < 3; i++) {
                float[] expected = GoldenEagle3.residual(streams.get(i));
                requireClose(first.streams().get(i), Arrays.copyOf(expected, 10 * 32));
                requireClose(last.streams().get(i), Arrays.copyOfRange(expected, 10 * 32, 13 * 32));
            }
            assertThat(last.last()).isSameAs(last.streams().get(1));
        }
    }

    private static void requireClose(Tensor actual, float[] expected) {
        assertThat(GoldenTensors.largestDifference(actual.toFloats(), expected)).isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"residual-normed", "residual-raw", "norm-before-fc", "eagle31", "reduced", "defaults", "window"})
    void lossesCountsAndLogitsAreThoseOfSpeculators(String variant) throws IOException {
        try (DecoderModel target = GoldenEagle3.target();
                EagleHead head = GoldenEagle3.head(target, variant, folder);
                EagleTeacher teacher = new EagleTeacher(head, target);
                TensorScope scope = target.scope().child();
                EaglePass pass = new EaglePass(
                        scope,
                        head,
                        teacher,
                        GoldenEagle3.input(scope, target, teacher, GoldenEagle3.mask()),
                        head.noAdapter())) {
            pass.forward(GoldenEagle3.STEPS);

            for (DistillationLoss loss : DistillationLoss.values()) {
                if (loss != DistillationLoss.SOFT_CE) {
                    requireSums(variant, loss, pass.measure(GoldenEagle3.lesson(loss, List.of(1L, 1L, 1L))));
                }
            }
            for (int step = 0; step < GoldenEagle3.STEPS; step++) {
                requireLogits(
                        variant,
                        step,
                        head.program().logits(scope, pass.output(step)).toFloats());
            }
        }
    }

    private static void requireSums(String variant, DistillationLoss loss, List<EagleSums> sums) throws IOException {
        for (int step = 0; step < GoldenEagle3.STEPS; step++) {
            JsonNode expected = GoldenEagle3.variant(variant).path("steps").path(step);
            EagleSums own = sums.get(step);
            assertThat(own.trained()).isEqualTo(expected.path("trained").asLong());
            assertThat(own.correct()).isEqualTo(expected.path("correct").asLong());
            assertThat(own.prefixCorrect())
                    .isEqualTo(expected.path("prefix_correct").asLong());
            // In Speculators the run that begins at the end of the first document goes on in the second one.
            long crossing = step == 2 ? 1 : 0;
            assertThat(own.prefixStarted())
                    .isEqualTo(expected.path("prefix_started").asLong() - crossing);
            assertThat(own.loss() / (own.trained() + 1e-5))
                    .as("%s of step %d", loss, step)
                    .isCloseTo(expected.path(name(loss)).asDouble(), within(TOLERANCE));
            assertThat(1 - own.overlap() / own.trained())
                    .isCloseTo(expected.path("tv").asDouble(), within(TOLERANCE));
        }
    }

    private static String name(DistillationLoss loss) {
        return loss.name().toLowerCase(Locale.ROOT);
    }

    private static void requireLogits(String variant, int step, float[] own) {
        float[] all = GoldenEagle3.logits(variant);
        int width = all.length / GoldenEagle3.STEPS / 25;
        for (int[] place : GoldenEagle3.compared(step)) {
            for (int i = 0; i < width; i++) {
                assertThat((double) own[place[0] * width + i])
                        .as("step %d, token %d", step, place[0])
                        .isCloseTo(all[(step * 25 + place[1]) * width + i], within(TOLERANCE));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "residual-normed, KL_DIV",
        "residual-raw, KL_DIV",
        "norm-before-fc, KL_DIV",
        "eagle31, KL_DIV",
        "reduced, KL_DIV",
        "defaults, KL_DIV",
        "defaults, CE"
    })
    void gradientsOfAllWeightsAreThoseOfSpeculators(String variant, DistillationLoss loss) throws IOException {
        try (DecoderModel target = GoldenEagle3.target();
                EagleHead head = GoldenEagle3.head(target, variant, folder);
                EagleTeacher teacher = new EagleTeacher(head, target);
                TrainableHead weights = new TrainableHead(head, name -> true);
                TensorScope scope = target.scope().child();
                EaglePass pass = new EaglePass(
                        scope,
                        head,
                        teacher,
                        GoldenEagle3.input(scope, target, teacher, GoldenEagle3.mask()),
                        head.noAdapter())) {
            List<Tensor> gradients = weights.newGradients(scope);
            pass.forward(GoldenEagle3.STEPS);
            pass.backward(
                    GoldenEagle3.lesson(loss, List.of(14L, 14L, 14L)),
                    new EagleGradients(head.noAdapter().layers().get(0), weights.arranged(gradients)));

            requireGradients(weights, gradients, GoldenEagle3.gradients(variant, name(loss)));
        }
    }

    private void requireGradients(TrainableHead weights, List<Tensor> gradients, Map<String, float[]> expected)
            throws IOException {
        Map<String, float[]> actual = EagleMatrices.of(weights, gradients, folder.resolve("gradients.safetensors"));
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, values) -> assertThat(
                        GoldenTensors.largestDifference(values, Objects.requireNonNull(expected.get(name))))
                .as(name)
                .isLessThan(GRADIENT_TOLERANCE));
    }

    /** Speculators compares the end of a document with the first tokens of the next one, if those are trained. */
    @Test
    void stepsEndWithTheirDocument() throws IOException {
        JsonNode expected = GoldenEagle3.losses().path("trained_from_the_first_position");
        float[] mask = GoldenEagle3.mask();
        for (int token = 13; token < 25; token++) {
            mask[token] = 1;
        }
        try (DecoderModel target = GoldenEagle3.target();
                EagleHead head = GoldenEagle3.head(target, "residual-normed", folder);
                EagleTeacher teacher = new EagleTeacher(head, target);
                TensorScope scope = target.scope().child();
                EaglePass pass = new EaglePass(
                        scope, head, teacher, GoldenEagle3.input(scope, target, teacher, mask), head.noAdapter())) {
            pass.forward(GoldenEagle3.STEPS);

            List<EagleSums> sums = pass.measure(GoldenEagle3.lesson(DistillationLoss.KL_DIV, List.of(1L, 1L, 1L)));

            for (int step = 0; step < GoldenEagle3.STEPS; step++) {
                EagleSums own = sums.get(step);
                assertThat(own.trained())
                        .isEqualTo(expected.path("trained_apart").path(step).asLong());
                assertThat(own.loss() / own.trained())
                        .isCloseTo(
                                expected.path("kl_div_documents_apart")
                                        .path(step)
                                        .asDouble(),
                                within(TOLERANCE));
            }
        }
    }
}
