package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training on pairs: begins at the reference, moves the chosen answers above the rejected ones, and tells how far. */
class PreferenceTrainingTest {

    private static final int STEPS = 15;
    static final List<EncodedRow> PAIRS = GoldenBatches.pairsOfLength(20, 12);
    private static final TrainingMethod.Dpo SIGMOID = new TrainingMethod.Dpo(0.1, "sigmoid", 0);
    private static final TrainingSettings.Optimizer FAST = new TrainingSettings.Optimizer(2e-2, "constant", 0, 0, 1, 1);
    private static final AdapterSettings LINEAR = new AdapterSettings(
            4, 8, 0, List.of("all-linear"), false, "none", new AdapterSettings.Schedule("linear", 0, 0.8));

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static DecoderModel model;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @BeforeAll
    static void load() throws IOException {
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private TrainingFixture training(TrainingMethod.Dpo method, String name) {
        return new TrainingFixture(model, folder.resolve(name))
                .preferring(method)
                .rows(PAIRS)
                .optimizer(FAST)
                .lasting(STEPS);
    }

    /**
     * With B = 0 the policy is the reference: no reward, and the loss of a margin of 0. IPO wants a distance of 1 / (2
     * beta).
     */
    @ParameterizedTest
    @CsvSource({
        "sigmoid,0.1,0,0.693147",
        "sigmoid,0.1,0.2,0.693147",
        "robust,0.1,0.2,0.693147",
        "hinge,0.1,0,1",
        "ipo,0.5,0,1"
    })
    void everyLossBeginsAtTheReferenceAndFalls(String loss, double beta, double smoothing, double first)
            throws IOException {
        TrainingFixture training = training(new TrainingMethod.Dpo(beta, loss, smoothing), loss + smoothing);

        assertThat(training.run()).isEqualTo(Trainer.Outcome.COMPLETED);

        List<Progress.Step> steps = training.steps();
        assertThat(steps.get(0).get(Figure.TRAIN_LOSS)).isCloseTo(first, within(1e-4));
        assertThat(metric(steps.get(0), "rewards/margins")).isCloseTo(0, within(1e-4));
        Progress.Step last = steps.get(STEPS - 1);
        assertThat(last.get(Figure.TRAIN_LOSS)).isLessThan(first - 0.05);
        assertThat(last.ofMethod())
                .containsOnlyKeys(
                        "rewards/chosen",
                        "rewards/rejected",
                        "rewards/margins",
                        "rewards/accuracies",
                        "logps/chosen",
                        "logps/rejected")
                .hasEntrySatisfying(
                        "rewards/accuracies", share -> assertThat(share).isGreaterThan(0.7));
        assertThat(metric(last, "rewards/margins"))
                .isCloseTo(metric(last, "rewards/chosen") - metric(last, "rewards/rejected"), within(1e-9));
        assertThat(last.get(Figure.TRAIN_MEAN_TOKEN_ACCURACY)).isNull();
        assertThat(last.get(Figure.EPOCH)).isEqualTo(STEPS / 3.0);
    }

    private static double metric(Progress.Step step, String name) {
        return Objects.requireNonNull(step.ofMethod().get(name));
    }

    @Test
    void validationMeasuresPairsAgainstTheirReference() throws IOException {
        TrainingFixture training = training(SIGMOID, "validated").validating(PAIRS.subList(4, 12), STEPS);

        training.run();

        List<Progress.Validation> validations = training.eventsOf(Progress.Validation.class);
        assertThat(validations).hasSize(1);
        Progress.Validation last = validations.get(0);
        assertThat(last.loss()).isLessThan(0.6);
        assertThat(last.tokenAccuracy()).isNull();
        assertThat(last.metrics()).containsEntry("rewards/accuracies", 1.0).containsKey("rewards/margins");
        assertThat(training.eventsOf(Progress.Validating.class)).isNotEmpty();
    }

    /** Preferring on from a tuned adapter measures against that one, not against the base model. */
    @Test
    void referenceIsTheAdapterThatTheTrainingBeginsWith() throws IOException {
        TrainingFixture before = training(SIGMOID, "before").adapter(LINEAR);
        before.run();
        Path adapter = before.checkpoint(STEPS).resolve(CheckpointFolder.ADAPTER);
        TrainingFixture whole = training(SIGMOID, "whole").adapter(LINEAR).beginningWith(adapter);
        whole.run();
        TrainingFixture stopped = training(SIGMOID, "stopped")
                .adapter(LINEAR)
                .beginningWith(adapter)
                .stoppingAfter(4);
        stopped.run();
        TrainingFixture resumed = training(SIGMOID, "resumed")
                .adapter(LINEAR)
                .beginningWith(adapter)
                .resuming(stopped.checkpoint(4));
        resumed.run();

        assertThat(whole.steps().get(0).get(Figure.TRAIN_LOSS)).isCloseTo(Math.log(2), within(1e-4));
        assertThat(resumed.checkpoint(STEPS).resolve(CheckpointFolder.ADAPTER))
                .hasSameBinaryContentAs(whole.checkpoint(STEPS).resolve(CheckpointFolder.ADAPTER));
    }

    @Test
    void rowsOfDifferentLinesAreNoPair() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingData.Rows.pairs(GoldenBatches.forPlan(), List.of()))
                .withMessageMatching("line \\d+ is no pair");
    }
}
