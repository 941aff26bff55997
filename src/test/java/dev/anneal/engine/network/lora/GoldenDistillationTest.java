package dev.anneal.engine.network.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.model.PassControl;
import dev.anneal.engine.network.model.PassInput;
import dev.anneal.engine.network.model.TrainableWeights;
import dev.anneal.engine.network.objective.Agreement;
import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small language model that learns a target's distributions: losses and gradients of the reference, of all weights
 * and of an adapter.
 */
class GoldenDistillationTest {

    private static final String FOLDER = "draft3/distil/";
    private static final String INPUTS = FOLDER + "inputs.safetensors";
    private static final int WIDTH = 14;
    private static final int VOCABULARY = 97;
    private static final double LOSS_TOLERANCE = TestDevice.tolerance(1e-5);
    private static final double GRADIENT_TOLERANCE = TestDevice.tolerance(2e-6);

    @TempDir
    Path folder;

    private final List<int[]> rows = GoldenTensors.ragged(
            GoldenTensors.ints(INPUTS, "input_ids"), GoldenTensors.ints(INPUTS, "attention_mask"), WIDTH);
    private final TokenRows tokens = TokenRows.of(rows);
    private final Targets targets = Targets.of(tokens, labels(), -100);

    @ParameterizedTest
    @EnumSource(names = {"KL_DIV", "RKL", "TV"})
    void allWeightsLearnAsThoseOfTheReference(DistillationLoss loss) throws IOException {
        try (DecoderModel student = student();
                TrainableWeights weights = TrainableWeights.of(student);
                TensorScope scope = student.scope().child()) {
            List<Tensor> gradients = weights.newGradients(scope);
            Learned learned = new Learned(student, scope, loss);

            LossSums sums = learned.from(student.noAdapter(), weights.arranged(gradients));

            learned.requireLosses(sums, "full");
            requireGradients(
                    NamedMatrices.of(weights, gradients, folder.resolve("gradients.safetensors")), "full", loss);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"KL_DIV", "RKL", "TV"})
    void anAdapterLearnsAsThatOfTheReference(DistillationLoss loss) throws IOException {
        JsonNode settings = losses().path("afa");
        AdapterConfig config = AdapterConfig.of(
                settings.path("r").asInt(),
                settings.path("alpha").asDouble(),
                false,
                0,
                settings.path("activation").asString(),
                AnnealingSchedule.of("linear", 0, 1),
                AdapterConfig.targetsNamed(List.of(AdapterConfig.ALL_LINEAR), Projections.SEPARATE));
        try (DecoderModel student = student();
                Adapter adapter = Adapter.load(student, config, GoldenTensors.path(FOLDER + "adapter.safetensors"));
                TensorScope scope = student.scope().child()) {
            AdapterGradients gradients = adapter.newGradients(scope);
            Learned learned = new Learned(student, scope, loss);

            LossSums sums = learned.from(
                    adapter.apply(settings.path("beta").asDouble(), AdapterDropout.NONE),
                    new Gradients(gradients.layers(), null));

            learned.requireLosses(sums, "afa");
            requireGradients(NamedMatrices.of(scope, adapter, gradients), "afa", loss);
        }
    }

    private static DecoderModel student() throws IOException {
        return DecoderModel.load(GoldenTensors.path(FOLDER + "student"), ElementType.FLOAT32, TestDevice.NAME);
    }

    private static List<int[]> labels() {
        return GoldenTensors.ragged(
                GoldenTensors.ints(INPUTS, "labels"), GoldenTensors.ints(INPUTS, "attention_mask"), WIDTH);
    }

    private static JsonNode losses() throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path(FOLDER + "losses.json")));
    }

    private void requireGradients(Map<String, float[]> actual, String which, DistillationLoss loss) {
        Map<String, float[]> expected =
                GoldenTensors.all("%s%s.%s.grads.safetensors".formatted(FOLDER, which, name(loss)));
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, values) -> {
            float[] mean = new float[values.length];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = values[i] / targets.count();
            }
            assertThat(GoldenTensors.largestDifference(mean, Objects.requireNonNull(expected.get(name))))
                    .as(name)
                    .isLessThan(GRADIENT_TOLERANCE);
        });
    }

    private static String name(DistillationLoss loss) {
        return loss.name().toLowerCase(Locale.ROOT);
    }

    /**
     * A pass in which the student learns. The target's logits are given as hidden states whose output embedding is the
     * identity.
     */
    private final class Learned {
        private final DecoderModel student;
        private final TensorScope scope;
        private final DistillationLoss loss;
        private final List<Agreement> agreements = new ArrayList<>();

        Learned(DecoderModel student, TensorScope scope, DistillationLoss loss) {
            this.student = student;
            this.scope = scope;
            this.loss = loss;
        }

        LossSums from(AppliedAdapter adapter, Gradients gradients) {
            return student.lossAndGradient(
                    scope,
                    new PassInput(tokens, targets),
                    adapter,
                    gradients,
                    new PassControl(false, () -> {}),
                    new Objective.Distillation(
                            taughtLogits(), identity(), loss, each -> agreements.add(Agreement.of(each))));
        }

        private Tensor taughtLogits() {
            float[] all = GoldenTensors.floats(INPUTS, "target_logits");
            float[] chosen = new float[targets.count() * VOCABULARY];
            int next = 0;
            for (int place : trainedPlaces()) {
                System.arraycopy(all, place * VOCABULARY, chosen, next, VOCABULARY);
                next += VOCABULARY;
            }
            return scope.floats(chosen, targets.count(), VOCABULARY);
        }

        /** Indices in the padded rows of the positions before trained labels. */
        private int[] trainedPlaces() {
            int[] labels = GoldenTensors.ints(INPUTS, "labels");
            return IntStream.range(0, labels.length)
                    .filter(place -> place % WIDTH < WIDTH - 1 && labels[place + 1] != -100)
                    .toArray();
        }

        private Tensor identity() {
            float[] values = new float[VOCABULARY * VOCABULARY];
            for (int i = 0; i < VOCABULARY; i++) {
                values[i * (VOCABULARY + 1)] = 1;
            }
            return scope.floats(values, VOCABULARY, VOCABULARY);
        }

        void requireLosses(LossSums sums, String which) throws IOException {
            assertThat(sums.trained()).isEqualTo(losses().path("trained").asLong());
            assertThat(sums.mean())
                    .isCloseTo(losses().path(which).path(name(loss)).asDouble(), within(LOSS_TOLERANCE));
            float[] tv = GoldenTensors.floats(FOLDER + "expected.safetensors", which + ".tv");
            float[] overlap = agreements.get(0).overlap();
            int[] places = trainedPlaces();
            for (int i = 0; i < places.length; i++) {
                int row = places[i] / WIDTH;
                assertThat(1.0 - overlap[i])
                        .as("position %d", i)
                        .isCloseTo(tv[row * (WIDTH - 1) + places[i] % WIDTH], within(LOSS_TOLERANCE));
            }
            assertThat(agreements.get(0).equal()).isEqualTo(equalChoices(which, places));
        }

        private boolean[] equalChoices(String which, int[] places) {
            float[] own = GoldenTensors.floats(FOLDER + "expected.safetensors", which + ".logits");
            float[] taught = GoldenTensors.floats(INPUTS, "target_logits");
            boolean[] equal = new boolean[places.length];
            for (int i = 0; i < places.length; i++) {
                equal[i] = largest(own, places[i]) == largest(taught, places[i]);
            }
            return equal;
        }

        private int largest(float[] logits, int place) {
            float[] own = Arrays.copyOfRange(logits, place * VOCABULARY, (place + 1) * VOCABULARY);
            int best = 0;
            for (int i = 1; i < own.length; i++) {
                best = own[i] > own[best] ? i : best;
            }
            return best;
        }
    }
}
