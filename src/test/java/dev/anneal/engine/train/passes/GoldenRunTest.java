package dev.anneal.engine.train.passes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.model.Logits;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.state.AdapterTraining;
import dev.anneal.engine.train.state.FullTraining;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Optimizer;
import dev.anneal.engine.train.state.Ranks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * 24 steps on the reference's batches: losses, norms, gradients, the trained adapter and its logits are the reference's
 * (golden/ORIGIN.md), computed by the hand-derived backward in fp32.
 */
class GoldenRunTest {

    @TempDir
    Path folder;

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
    void theRunIsThatOfTheReference(String base, String name) throws IOException {
        GoldenRun run = GoldenRun.of(base, name);
        List<EncodedRow> rows = GoldenBatches.inOrder();
        try (DecoderModel model =
                        DecoderModel.load(GoldenTensors.path(run.model()), ElementType.FLOAT32, TestDevice.NAME);
                TensorScope scope = model.scope().child();
                Adapter adapter = Adapter.load(model, run.config(), run.path("initial"));
                Optimizer optimizer = new Optimizer(scope, new AdapterTraining(adapter), 1);
                GradientSum<Gradients> sum =
                        new GradientSum<>(model.scope(), new AdapterTraining(adapter), optimizer, 2, Ranks.alone())) {
            Passes passes =
                    new Passes(model, sum, new ActivationCheckpointing("off"), new StopSignal(() -> false, () -> {}));
            for (int step = 0; step < GoldenBatches.STEPS; step++) {
                JsonNode expected = run.metrics(step);
                List<EncodedRow> own = rows.subList(4 * step, 4 * step + 4);
                AppliedAdapter applied = adapter.apply(run.config().schedule().betaAt(step, 24), AdapterDropout.NONE);

                LossSums sums = passes.train(
                                microBatches(own),
                                applied,
                                batch -> AdapterDropout.NONE,
                                piece -> Objective.LIKELIHOOD,
                                () -> {})
                        .orElseThrow()
                        .sums();
                double norm = optimizer.norm(sum.total()) / sums.trained();

                assertThat(sums.trained())
                        .isEqualTo(expected.path("trained_tokens").asLong());
                assertThat(sums.mean())
                        .as("loss of step %d", step)
                        .isCloseTo(expected.path("loss").asDouble(), within(TestDevice.tolerance(1e-5)));
                assertThat(norm)
                        .as("norm of step %d", step)
                        .isCloseTo(expected.path("grad_norm").asDouble(), within(TestDevice.tolerance(1e-5)));
                double rate = expected.path("lr").asDouble();
                double factor = Math.min(1, 1 / (norm + 1e-6)) / sums.trained();
                if (step == 0) {
                    GoldenAdapter.requireGradients(model.scope(), adapter, sum.total(), run, sums.trained());
                }
                optimizer.step(sum.total(), factor, new Optimizer.Rates(rate, rate, 0.01), step + 1);
            }
            GoldenAdapter.requireTrained(model.scope(), adapter, run);
            for (String beta : List.of("1", "0.5", "0")) {
                float[] logits = logits(run, model, adapter.apply(Double.parseDouble(beta), AdapterDropout.NONE));
                assertThat(GoldenTensors.largestDifference(logits, expectedLogits(run, "logits_beta_" + beta)))
                        .as("logits of the trained adapter at beta %s", beta)
                        .isLessThan(TestDevice.tolerance(5e-5));
            }
        }
    }

    /** Every parameter is trained, norms and embeddings too, with the decay on all of them. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "qwen3"})
    void theRunOfAllWeightsIsThatOfTheReference(String name) throws IOException {
        JsonNode metrics = JsonMapper.shared()
                .readTree(GoldenTensors.path("sft/" + name + "/full/run.json").toFile())
                .path("metrics");
        List<EncodedRow> rows = GoldenBatches.inOrder();
        try (DecoderModel model =
                        DecoderModel.load(GoldenTensors.path("models/" + name), ElementType.FLOAT32, TestDevice.NAME);
                FullTraining trained = FullTraining.of(model, null);
                Optimizer optimizer = new Optimizer(model.scope(), trained, 1);
                GradientSum<Gradients> sum = new GradientSum<>(model.scope(), trained, optimizer, 2, Ranks.alone())) {
            Passes passes =
                    new Passes(model, sum, new ActivationCheckpointing("off"), new StopSignal(() -> false, () -> {}));
            assertThat(trained.count()).isEqualTo(model.config().parameters());
            for (int step = 0; step < GoldenBatches.STEPS; step++) {
                JsonNode expected = metrics.get(step);
                List<EncodedRow> own = rows.subList(4 * step, 4 * step + 4);
                AppliedAdapter applied = trained.apply(0);

                LossSums sums = passes.train(
                                microBatches(own),
                                applied,
                                batch -> AdapterDropout.NONE,
                                piece -> Objective.LIKELIHOOD,
                                () -> {})
                        .orElseThrow()
                        .sums();
                double norm = optimizer.norm(sum.total()) / sums.trained();

                assertThat(sums.mean())
                        .as("loss of step %d", step)
                        .isCloseTo(expected.path("loss").asDouble(), within(TestDevice.tolerance(1e-5)));
                assertThat(norm)
                        .as("norm of step %d", step)
                        .isCloseTo(expected.path("grad_norm").asDouble(), within(TestDevice.tolerance(1e-5)));
                double rate = expected.path("lr").asDouble();
                double factor = Math.min(1, 1 / (norm + 1e-6)) / sums.trained();
                optimizer.step(sum.total(), factor, new Optimizer.Rates(rate, rate, 0.01), step + 1);
            }
        }
    }

    /** Two micro-batches of two rows, as the reference had them. */
    private static List<MicroBatch> microBatches(List<EncodedRow> rows) {
        List<MicroBatch> batches =
                new ArrayList<>(MicroBatch.split(rows.subList(0, 2), 1, Sharing.NONE, DeviceLimits.CPU));
        batches.addAll(MicroBatch.split(rows.subList(2, 4), 1, Sharing.NONE, DeviceLimits.CPU));
        return batches;
    }

    private static float[] logits(GoldenRun run, DecoderModel model, AppliedAdapter adapter) {
        TokenRows rows = rows(run);
        return Logits.of(model, rows, adapter);
    }

    private static float[] expectedLogits(GoldenRun run, String tensor) {
        return GoldenTensors.unpadded(GoldenTensors.floats(run.file("eval"), tensor), rows(run), 24, 320);
    }

    private static TokenRows rows(GoldenRun run) {
        return TokenRows.of(GoldenTensors.ragged(
                GoldenTensors.ints(run.inputs(), "input_ids"), GoldenTensors.ints(run.inputs(), "attention_mask"), 24));
    }
}
