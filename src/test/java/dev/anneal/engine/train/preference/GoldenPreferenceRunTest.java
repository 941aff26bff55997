package dev.anneal.engine.train.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.math.objective.PreferenceLoss;
import dev.anneal.engine.math.objective.PreferenceLoss.Outcome;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.ActivationCheckpointing;
import dev.anneal.engine.train.passes.GoldenAdapter;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Passes;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.passes.StopSignal;
import dev.anneal.engine.train.state.AdapterTraining;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Optimizer;
import dev.anneal.engine.train.state.Ranks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Six DPO steps on the reference's pairs: log-probabilities, rewards, losses, gradients and the trained adapter are the
 * reference's.
 */
class GoldenPreferenceRunTest {

    private static final int STEPS = 6;
    private static final int PAIRS = 3;
    private static final int WIDTH = 24;

    @Test
    void theRunIsThatOfTheReference() throws IOException {
        GoldenRun run = new GoldenRun(
                "dpo",
                JsonMapper.shared().readTree(GoldenTensors.path("dpo/run.json").toFile()));
        PreferenceLoss loss = new PreferenceLoss(
                PreferenceLoss.LossType.SIGMOID, run.record().path("dpo_beta").asDouble(), 0);
        List<EncodedRow> rows = rows();
        try (DecoderModel model =
                        DecoderModel.load(GoldenTensors.path(run.model()), ElementType.FLOAT32, TestDevice.NAME);
                TensorScope scope = model.scope().child();
                Adapter adapter = Adapter.load(model, run.config(), run.path("initial"));
                Optimizer optimizer = new Optimizer(scope, new AdapterTraining(adapter), 1);
                GradientSum<Gradients> sum =
                        new GradientSum<>(model.scope(), new AdapterTraining(adapter), optimizer, 2, Ranks.alone())) {
            Passes passes =
                    new Passes(model, sum, new ActivationCheckpointing("off"), new StopSignal(() -> false, () -> {}));
            for (int step = 0; step < STEPS; step++) {
                JsonNode expected = run.metrics(step);
                // The order of a micro-batch's rows is that of the step.
                List<EncodedRow> own = pairs(rows, step);
                MicroBatch batch =
                        MicroBatch.split(own, 1, Sharing.NONE, DeviceLimits.CPU).get(0);
                assertThat(batch.rowsOfStep()).hasSize(2 * PAIRS);
                double[] reference = sums(model, scope, batch, own);
                requireSums(reference, expected, "reference");
                int[] tokens = own.stream().mapToInt(EncodedRow::trainedTokens).toArray();
                PreferenceObjective objective = new PreferenceObjective(loss, tokens, reference);
                AppliedAdapter applied =
                        adapter.apply(run.config().schedule().betaAt(step, STEPS), AdapterDropout.NONE);

                Passes.Outcome trained = passes.train(
                                List.of(batch), applied, each -> AdapterDropout.NONE, piece -> objective, () -> {})
                        .orElseThrow();

                requireOutcomes(
                        objective.pairs(trained.values().get(0)).stream()
                                .map(PreferenceObjective.Pair::outcome)
                                .toList(),
                        expected);
                double norm = optimizer.norm(sum.total()) / PAIRS;
                assertThat(norm).isCloseTo(expected.path("grad_norm").asDouble(), within(TestDevice.tolerance(1e-5)));
                if (step == 0) {
                    GoldenAdapter.requireGradients(model.scope(), adapter, sum.total(), run, PAIRS);
                }
                double rate = expected.path("lr").asDouble();
                double factor = Math.min(1, 1 / (norm + 1e-6)) / PAIRS;
                optimizer.step(sum.total(), factor, new Optimizer.Rates(rate, rate, 0.01), step + 1);
            }
            GoldenAdapter.requireTrained(model.scope(), adapter, run);
        }
    }

    private static void requireOutcomes(List<Outcome> outcomes, JsonNode expected) {
        double loss = 0;
        for (int pair = 0; pair < PAIRS; pair++) {
            Outcome outcome = outcomes.get(pair);
            loss += outcome.loss() / PAIRS;
            assertThat(outcome.chosenReward())
                    .isCloseTo(
                            expected.path("chosen_rewards").get(pair).asDouble(), within(TestDevice.tolerance(2e-5)));
            assertThat(outcome.rejectedReward())
                    .isCloseTo(
                            expected.path("rejected_rewards").get(pair).asDouble(), within(TestDevice.tolerance(2e-5)));
        }
        assertThat(loss).isCloseTo(expected.path("loss").asDouble(), within(TestDevice.tolerance(1e-5)));
        assertThat(outcomes.stream().mapToDouble(Outcome::margin).average().orElseThrow())
                .isCloseTo(expected.path("margin").asDouble(), within(TestDevice.tolerance(2e-5)));
    }

    private static void requireSums(double[] sums, JsonNode expected, String of) {
        for (int pair = 0; pair < PAIRS; pair++) {
            assertThat(sums[2 * pair])
                    .isCloseTo(expected.path(of + "_chosen").get(pair).asDouble(), within(TestDevice.tolerance(1e-4)));
            assertThat(sums[2 * pair + 1])
                    .isCloseTo(
                            expected.path(of + "_rejected").get(pair).asDouble(), within(TestDevice.tolerance(1e-4)));
        }
    }

    private static double[] sums(DecoderModel model, TensorScope scope, MicroBatch batch, List<EncodedRow> rows) {
        float[] each = model.logProbabilities(scope, batch.input(null), model.noAdapter(), () -> {});
        double[] sums = new double[rows.size()];
        int begin = 0;
        for (int row = 0; row < sums.length; row++) {
            int end = begin + rows.get(row).trainedTokens();
            sums[row] = PreferenceObjective.sum(each, begin, end);
            begin = end;
        }
        return sums;
    }

    /** Of each step all chosen rows, then all rejected ones; every one is trained behind its prompt. */
    private static List<EncodedRow> rows() {
        String file = "dpo/batches.safetensors";
        int[] mask = GoldenTensors.ints(file, "attention_mask");
        List<int[]> ids = GoldenTensors.ragged(GoldenTensors.ints(file, "input_ids"), mask, WIDTH);
        List<int[]> completion = GoldenTensors.ragged(GoldenTensors.ints(file, "completion_mask"), mask, WIDTH);
        List<EncodedRow> rows = new ArrayList<>();
        for (int row = 0; row < ids.size(); row++) {
            int[] labels = ids.get(row).clone();
            for (int token = 0; token < labels.length; token++) {
                labels[token] = completion.get(row)[token] == 1 ? labels[token] : EncodedRow.NOT_TRAINED;
            }
            rows.add(new EncodedRow(row + 1, ids.get(row), labels, false));
        }
        return rows;
    }

    private static List<EncodedRow> pairs(List<EncodedRow> rows, int step) {
        List<EncodedRow> pairs = new ArrayList<>();
        for (int pair = 0; pair < PAIRS; pair++) {
            pairs.add(rows.get(2 * PAIRS * step + pair));
            pairs.add(rows.get(2 * PAIRS * step + PAIRS + pair));
        }
        return pairs;
    }
}
