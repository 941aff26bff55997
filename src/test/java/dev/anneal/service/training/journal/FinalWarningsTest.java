package dev.anneal.service.training.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.training.history.SeriesSummary;
import org.junit.jupiter.api.Test;

/** What is no fault of one method may be the nature of another. */
class FinalWarningsTest {

    private static final TrainingMethod SUPERVISED = new TrainingMethod.Supervised();
    private static final TrainingMethod PAIRS = new TrainingMethod.Dpo(0.1, "sigmoid", 0);

    /** #17: pairs that are told apart have no gradient, and a loss that is above 0 by a hair. */
    @Test
    void stepsWithoutAGradientAreNoFaultOfPairs() {
        SeriesSummary summary = new SeriesSummary(100, 20, 80, 10, 0.69, 1e-30);

        assertThat(FinalWarnings.of(summary, PAIRS)).isEmpty();
        assertThat(FinalWarnings.of(summary, SUPERVISED))
                .singleElement()
                .asString()
                .startsWith("In 80 of the 100 steps");
    }

    @Test
    void aRisingLossOfPairsIsTold() {
        assertThat(FinalWarnings.of(new SeriesSummary(100, 100, 0, 10, 0.69, 0.7), PAIRS))
                .singleElement()
                .asString()
                .startsWith("The loss stayed above its beginning: each of the last 10 steps had more than 0.6900");
    }

    @Test
    void fewStepsAreNoCurve() {
        assertThat(FinalWarnings.of(new SeriesSummary(19, 19, 0, 10, 2.0, 3.0), SUPERVISED))
                .isEmpty();
    }

    @Test
    void aSeriesThatIsNotThereSaysNothing() {
        assertThat(FinalWarnings.of(new SeriesSummary(0, 0, 0, 10, null, null), SUPERVISED))
                .isEmpty();
    }
}
