package dev.anneal.engine.network.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.model.Logits;
import dev.anneal.engine.network.model.PassControl;
import dev.anneal.engine.network.model.PassInput;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters answer as the reference's and PEFT's do (golden/ORIGIN.md), and files keep every bit. */
class AdapterTest {

    private static final String INPUTS = "models/llama-tied/expected.safetensors";
    private static final int WIDTH = 24;
    private static final int VOCABULARY = 320;

    private static DecoderModel model;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() throws IOException {
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @CsvSource({
        "llama-tied, silu",
        "llama-tied, relu",
        "llama-tied, rslora",
        "llama-tied, lora",
        "qwen3, silu",
        "qwen3, relu",
        "qwen3, rslora",
        "qwen3, lora"
    })
    void logitsAtEveryBetaAreThoseOfTheReference(String base, String name) throws IOException {
        GoldenRun run = GoldenRun.of(base, name);
        TokenRows rows = TokenRows.of(ragged(run.inputs(), "input_ids"));
        try (DecoderModel own =
                        DecoderModel.load(GoldenTensors.path(run.model()), ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter = Adapter.load(own, run.config(), run.path("final"))) {
            for (String beta : List.of("1", "0.5", "0")) {
                AppliedAdapter applied = adapter.apply(Double.parseDouble(beta), AdapterDropout.NONE);
                float[] expected = GoldenTensors.unpadded(
                        GoldenTensors.floats(run.file("eval"), "logits_beta_" + beta), rows, WIDTH, VOCABULARY);

                assertThat(GoldenTensors.largestDifference(logits(own, rows, applied), expected))
                        .as("beta %s", beta)
                        .isLessThan(TestDevice.tolerance(2e-5));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llama-tied, silu", "qwen3, rslora"})
    void logitsAreThoseOfPeft(String base, String name) throws IOException {
        GoldenRun run = GoldenRun.of(base, name);
        TokenRows rows = TokenRows.of(ragged(run.inputs(), "input_ids"));
        String peft = "peft/" + base + "-" + name;
        try (DecoderModel own =
                        DecoderModel.load(GoldenTensors.path(run.model()), ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter =
                        Adapter.load(own, run.config(), GoldenTensors.path(peft + "/adapter_model.safetensors"))) {
            float[] logits = logits(own, rows, adapter.apply(0, AdapterDropout.NONE));
            float[] expected = GoldenTensors.unpadded(
                    GoldenTensors.floats(peft + "/expected.safetensors", "logits"), rows, WIDTH, VOCABULARY);

            assertThat(GoldenTensors.largestDifference(logits, expected)).isLessThan(TestDevice.tolerance(2e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.3, 0})
    void newAdaptersAnswerAsTheBaseDoesBitForBit(double beta) {
        try (Adapter adapter = Adapter.create(
                model.scope(),
                model.precision(),
                model.config(),
                GoldenRun.of("silu").config(),
                7)) {
            assertThat(logits(adapter.apply(beta, AdapterDropout.NONE))).isEqualTo(logits(model.noAdapter()));
        }
    }

    @Test
    void whileBIsZeroOnlyBHasAGradient() {
        try (TensorScope scope = model.scope().child();
                Adapter adapter = Adapter.create(
                        model.scope(),
                        model.precision(),
                        model.config(),
                        GoldenRun.of("silu").config(),
                        7)) {
            AdapterGradients gradients = adapter.newGradients(scope);
            TokenRows rows = rows();
            Targets targets = Targets.of(rows, ragged(INPUTS, "labels"), -100);
            model.lossAndGradient(
                    scope,
                    new PassInput(rows, targets),
                    adapter.apply(0.7, AdapterDropout.NONE),
                    new Gradients(gradients.layers(), null),
                    new PassControl(false, () -> {}),
                    Objective.LIKELIHOOD);

            Map<String, float[]> named = NamedMatrices.of(scope, adapter, gradients);
            assertThat(named).hasSize(28);
            named.forEach((name, values) -> {
                if (name.endsWith("lora_A.weight")) {
                    assertThat(values).as(name).containsOnly(0f);
                } else {
                    assertThat(norm(values)).as(name).isGreaterThan(1e-4);
                }
            });
        }
    }

    @Test
    void firstValuesAreUniformWithinTheirBoundAndDependOnTheSeedAlone() {
        AdapterConfig config = GoldenRun.of("silu").config();
        try (Adapter one = Adapter.create(model.scope(), model.precision(), model.config(), config, 7);
                Adapter same = Adapter.create(model.scope(), model.precision(), model.config(), config, 7);
                Adapter other = Adapter.create(model.scope(), model.precision(), model.config(), config, 8)) {
            float[] values = Objects.requireNonNull(NamedMatrices.of(model.scope(), one)
                    .get("base_model.model.model.layers.1.mlp.down_proj.lora_A.weight"));
            // in = 160: bound 0.0791, standard deviation bound / sqrt(3), 640 draws.
            double bound = 1 / Math.sqrt(160);
            assertThat(norm(values) / Math.sqrt(values.length))
                    .isBetween(0.93 * bound / Math.sqrt(3), 1.07 * bound / Math.sqrt(3));
            for (float value : values) {
                assertThat(Math.abs(value)).isLessThanOrEqualTo((float) bound);
            }
            assertThat(one.a().toFloats())
                    .isEqualTo(same.a().toFloats())
                    .isNotEqualTo(other.a().toFloats());
            assertThat(one.b().toFloats()).containsOnly(0f);
        }
    }

    @Test
    void filesKeepEveryBitAndBothSidesNames() throws IOException {
        GoldenRun run = GoldenRun.of("relu");
        Path saved = folder.resolve("adapter.safetensors");
        try (Adapter adapter = Adapter.load(model, run.config(), run.path("final"))) {
            adapter.save(saved);
            try (Adapter again = Adapter.load(model, run.config(), saved)) {
                assertThat(NamedMatrices.of(model.scope(), again)).hasSize(28);
                assertThat(again.a().toFloats()).isEqualTo(adapter.a().toFloats());
                assertThat(again.b().toFloats()).isEqualTo(adapter.b().toFloats());
            }
        }
        GoldenTensors.all(run.file("final"))
                .forEach((name, values) ->
                        assertThat(named(saved).get(name)).as(name).isEqualTo(values));
    }

    @Test
    void filesOfOtherSettingsAreRefused() {
        Path file = GoldenRun.of("silu").path("final");
        AdapterConfig wider = AdapterConfig.of(
                8,
                8,
                false,
                0,
                "silu",
                AnnealingSchedule.none(),
                AdapterConfig.targetsNamed(List.of("all-linear"), Projections.SEPARATE));
        AdapterConfig fewer = AdapterConfig.of(
                4,
                8,
                false,
                0,
                "silu",
                AnnealingSchedule.none(),
                AdapterConfig.targetsNamed(List.of("q_proj"), Projections.SEPARATE));

        assertThatThrownBy(() -> Adapter.load(model, wider, file))
                .isInstanceOf(AdapterFileException.class)
                .hasMessageContaining("must be F32 [8, ")
                .hasMessageContaining("but is F32 [4, ");
        assertThatThrownBy(() -> Adapter.load(model, fewer, file))
                .isInstanceOf(AdapterFileException.class)
                .hasMessageContaining("which is not part of the adapter's settings");
    }

    private static Map<String, float[]> named(Path file) {
        GoldenRun run = GoldenRun.of("relu");
        try (Adapter adapter = Adapter.load(model, run.config(), file)) {
            return NamedMatrices.of(model.scope(), adapter);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] logits(AppliedAdapter adapter) {
        return logits(model, rows(), adapter);
    }

    private static float[] logits(DecoderModel model, TokenRows rows, AppliedAdapter adapter) {
        return Logits.of(model, rows, adapter);
    }

    private static TokenRows rows() {
        return TokenRows.of(ragged(INPUTS, "input_ids"));
    }

    private static List<int[]> ragged(String file, String tensor) {
        return GoldenTensors.ragged(
                GoldenTensors.ints(file, tensor), GoldenTensors.ints(file, "attention_mask"), WIDTH);
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
