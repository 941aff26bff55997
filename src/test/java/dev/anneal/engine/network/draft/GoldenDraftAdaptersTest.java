package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterGradients;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.network.lora.NamedMatrices;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** AFA adapters of a head's layer, everything else frozen: losses and gradients of the reference (golden/ORIGIN.md). */
class GoldenDraftAdaptersTest {

    private static final double TOLERANCE = TestDevice.tolerance(1e-5);
    private static final double GRADIENT_TOLERANCE = TestDevice.tolerance(2e-6);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"beta-0.5", "beta-0"})
    void thoseOfEagle3LearnInEveryStep(String name) throws IOException {
        JsonNode golden =
                JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path("draft3/afa/losses.json")));
        JsonNode run = golden.path("runs").path(name);
        try (DecoderModel target = GoldenEagle3.target();
                EagleHead head = GoldenEagle3.head(target, "defaults", folder);
                EagleTeacher teacher = new EagleTeacher(head, target);
                Adapter adapter = adapter(head, golden, "draft3/afa/adapter.safetensors");
                TensorScope scope = target.scope().child();
                EaglePass pass = new EaglePass(
                        scope,
                        head,
                        teacher,
                        GoldenEagle3.input(scope, target, teacher, GoldenEagle3.mask()),
                        adapter.apply(run.path("beta").asDouble(), AdapterDropout.NONE))) {
            AdapterGradients gradients = adapter.newGradients(scope);
            pass.forward(GoldenEagle3.STEPS);

            List<EagleSums> sums = pass.backward(
                    GoldenEagle3.lesson(DistillationLoss.KL_DIV, List.of(14L, 14L, 14L)),
                    new EagleGradients(gradients.layers().get(0), head.nothing()));

            for (int step = 0; step < GoldenEagle3.STEPS; step++) {
                double weighted = sums.get(step).loss() / (14 + 1e-5) * Math.pow(GoldenEagle3.DECAY, step);
                assertThat(weighted)
                        .isCloseTo(run.path("weighted_losses").path(step).asDouble(), within(TOLERANCE));
            }
            requireGradients(
                    NamedMatrices.of(scope, adapter, gradients),
                    GoldenTensors.all("draft3/afa/" + name + ".grads.safetensors"));
        }
    }

    @Test
    void thoseOfEagle1LearnToo() throws IOException {
        JsonNode golden = GoldenEagle1.losses().path("eagle1-afa");
        try (DecoderModel target = GoldenEagle1.target();
                EagleHead head = GoldenEagle1.head(target, "eagle1", folder);
                EagleTeacher teacher = new EagleTeacher(head, target);
                Adapter adapter = adapter(head, golden, "draft/eagle1-afa.adapter.safetensors");
                TensorScope scope = target.scope().child()) {
            EagleInput input = GoldenEagle1.input(scope, target, teacher);
            AdapterGradients gradients = adapter.newGradients(scope);
            try (EaglePass pass = new EaglePass(
                    scope,
                    head,
                    teacher,
                    input,
                    adapter.apply(golden.path("beta").asDouble(), AdapterDropout.NONE))) {
                pass.forward(1);

                EagleSums sums = pass.backward(
                                GoldenEagle1.lesson(input),
                                new EagleGradients(gradients.layers().get(0), head.nothing()))
                        .get(0);

                assertThat(sums.regression() / sums.trained())
                        .isCloseTo(golden.path("smooth_l1").asDouble(), within(TOLERANCE));
                assertThat(sums.loss() / sums.trained())
                        .isCloseTo(golden.path("soft_cross_entropy").asDouble(), within(TOLERANCE));
                requireGradients(
                        NamedMatrices.of(scope, adapter, gradients),
                        GoldenTensors.all("draft/eagle1-afa.grads.safetensors"));
            }
        }
    }

    private static Adapter adapter(EagleHead head, JsonNode settings, String file) throws IOException {
        AdapterConfig config = AdapterConfig.of(
                settings.path("r").asInt(),
                settings.path("alpha").asDouble(),
                false,
                0,
                settings.path("activation").asString(),
                AnnealingSchedule.of("linear", 0, 1),
                AdapterConfig.targetsNamed(List.of(AdapterConfig.ALL_LINEAR), Projections.SEPARATE));
        return Adapter.load(head.scope(), head.precision(), head.config(), config, GoldenTensors.path(file));
    }

    private static void requireGradients(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, values) -> assertThat(
                        GoldenTensors.largestDifference(values, Objects.requireNonNull(expected.get(name))))
                .as(name)
                .isLessThan(GRADIENT_TOLERANCE));
    }
}
