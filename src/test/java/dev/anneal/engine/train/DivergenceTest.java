package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.TrainedTokens;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A model that is lost ends its training; whatever may still learn goes on. */
class DivergenceTest {

    private static final Path TINY = Path.of("src/main/resources/models/anneal-tiny");
    private static final int VOCABULARY = 1536;
    private static final double GUESSING = Math.log(VOCABULARY);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    /** #17: until then it reported an accuracy of 1 and was completed. */
    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void aRateThatDestroysTheModelEndsTheTraining(ElementType precision) throws IOException {
        try (DecoderModel model = DecoderModel.load(TINY, precision, TestDevice.NAME)) {
            TrainingFixture training = new TrainingFixture(model, folder.resolve("dead"))
                    .optimizer(new TrainingSettings.Optimizer(4e6, "linear", 1, 0, 1, 1));

            TrainingException ended = catchThrowableOfType(TrainingException.class, training::run);

            assertThat(ended.code()).isEqualTo(TrainingException.Code.TRAINING_DIVERGED);
            assertThat(ended.step()).isEqualTo(4);
            assertThat(ended)
                    .hasMessage(
                            "at step 5 the model gives each of its 1536 tokens the same probability and the gradient is"
                                    + " exactly 0, for 3 steps in a row: train again with a lower learning rate");
            assertThat(training.steps().subList(2, 4))
                    .extracting(step -> step.get(Figure.TRAIN_MEAN_TOKEN_ACCURACY))
                    .containsOnly(0.0);
        }
    }

    @Test
    void aModelThatIsDeadAtTheLastStepIsNoResult() {
        Divergence divergence = new Divergence(VOCABULARY, 10, true);
        divergence.check(8, result(5, 5), 0.3);

        assertThat(diverged(divergence, 9, result(GUESSING, GUESSING), 0))
                .hasMessageStartingWith("at step 10 the model gives each of its 1536 tokens the same probability");
    }

    @ParameterizedTest
    @CsvSource({
        // Learned by heart, pairs that are told apart, groups without an advantage: nothing to learn is no loss of the
        // model.
        "0, 0, 0",
        "0.0001, 30, 0",
        "0, NaN, 0",
        // Untrained, but with a gradient.
        "7.3369, 7.3369, 1e-9",
    })
    void aGradientOfNothingIsNoDivergence(double loss, double likelihood, double norm) {
        Divergence divergence = new Divergence(VOCABULARY, 50, true);

        assertThatCode(() -> {
                    for (int step = 0; step < 50; step++) {
                        divergence.check(step, result(loss, likelihood), norm);
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aLossFarAboveGuessingAndAboveItsBeginningEndsTheTraining() {
        Divergence divergence = new Divergence(VOCABULARY, 100, true);
        divergence.check(0, result(3, 3), 1);
        for (int step = 1; step < Divergence.HIGH_STEPS; step++) {
            divergence.check(step, result(12, 12), 1);
        }

        assertThat(diverged(divergence, Divergence.HIGH_STEPS, result(12, 12), 1))
                .hasMessage(
                        "at step 21 the loss is 12.0000; for 20 steps in a row it was above 11.0054, 1.5 times the 7.3369 of the"
                                + " first step or of guessing: train again with a lower learning rate");
    }

    @Test
    void aLossThatComesBackOrFallsFromAHighBeginningGoesOn() {
        Divergence spikes = new Divergence(VOCABULARY, 100, true);
        Divergence falls = new Divergence(VOCABULARY, 100, true);
        Divergence preference = new Divergence(VOCABULARY, 100, false);

        assertThatCode(() -> {
                    for (int step = 0; step < 100; step++) {
                        spikes.check(step, result(step % 20 == 0 ? 3 : 30, 30), 1);
                        falls.check(step, result(40 - 0.1 * step, 40), 1);
                        preference.check(step, result(step, 30), 1);
                    }
                })
                .doesNotThrowAnyException();
    }

    /** However often it is interrupted, a training is measured by its own beginning. */
    @Test
    void theFirstLossSurvivesACheckpoint() throws IOException {
        try (DecoderModel model = DecoderModel.load(TINY, ElementType.FLOAT32, TestDevice.NAME)) {
            TrainingFixture first = new TrainingFixture(model, folder.resolve("first")).stoppingAfter(2);
            first.run();
            TrainingFixture second = new TrainingFixture(model, folder.resolve("second"))
                    .resuming(first.checkpoint(2))
                    .stoppingAfter(1);
            second.run();

            Double loss = first.steps().get(0).get(Figure.TRAIN_LOSS);
            assertThat(CheckpointFolder.open(first.checkpoint(2)).state().firstLoss())
                    .isEqualTo(loss);
            assertThat(CheckpointFolder.open(second.checkpoint(3)).state().firstLoss())
                    .isEqualTo(loss);
        }
    }

    private static TrainingException diverged(Divergence divergence, int step, Steps.Result result, double norm) {
        TrainingException ended =
                catchThrowableOfType(TrainingException.class, () -> divergence.check(step, result, norm));
        assertThat(ended.code()).isEqualTo(TrainingException.Code.TRAINING_DIVERGED);
        assertThat(ended.step()).isEqualTo(step);
        return ended;
    }

    private static Steps.Result result(double loss, double negativeLogLikelihood) {
        return new Steps.Result(loss, null, 1, new TrainedTokens(10, 10, 0), negativeLogLikelihood, Map.of());
    }
}
