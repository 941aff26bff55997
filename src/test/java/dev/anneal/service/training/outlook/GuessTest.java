package dev.anneal.service.training.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.training.settings.MeasuredWork;
import dev.anneal.service.training.settings.TrainingCost;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** What is guessed of trainings in an installation that has trained nothing. */
class GuessTest {

    private static final int THREADS = 2;

    /** Where steps were measured, beside what a job does before the first one and after the last one. */
    private static final double LEAST_AROUND = 2;

    private static final double MOST_AROUND = 15;

    @ParameterizedTest
    @CsvFileSource(resources = "/measured-time.csv", useHeadersInDisplayName = true)
    void measuredStepsLieInTheRange(
            String model, String precision, String step, String rank, String recomputed, double secondsOfStep) {
        EngineSetup engine = new EngineSetup("cpu", precision, true, THREADS);
        int[] sizes = MeasuredWork.rowsAndTokens(step);
        TrainingCost cost = TrainingCost.of(
                MeasuredWork.model(model),
                MeasuredWork.adapter(rank),
                engine,
                new TrainingCost.Work(
                        (double) sizes[0] * sizes[1], 1, sizes[1], 1, sizes[0], 0, recomputed.equals("on")));

        DurationRange range = range(engine, cost);

        assertThat(secondsOfStep).isBetween(range.fromSeconds() - LEAST_AROUND, range.toSeconds() - MOST_AROUND);
    }

    /** A training of 1e13 operations on two threads. */
    @ParameterizedTest
    @CsvSource({"fp32,true,33.33,125", "bf16,true,11.63,50", "bf16,false,62.5,250"})
    void rangeFollowsThePrecisionAndWhatTheProcessorMultipliesFast(
            String precision, boolean multipliesBf16Fast, double fastest, double slowest) {
        DurationRange range = range(
                new EngineSetup("cpu", "auto", multipliesBf16Fast, THREADS), new TrainingCost(1e13, precision, 600));

        assertThat(range.fromSeconds() - LEAST_AROUND).isBetween(fastest - 0.01, fastest + 0.01);
        assertThat(range.toSeconds() - MOST_AROUND).isBetween(slowest - 0.01, slowest + 0.01);
    }

    @Test
    void nothingIsGuessedOfCudaDevices() {
        Remaining training = new Remaining(new TrainingCost(1e13, "bf16", 600), 1, 0, 0);

        assertThat(Guess.of(new EngineSetup("cuda:0", "auto", true, 1), training, training))
                .isEmpty();
    }

    private static DurationRange range(EngineSetup engine, TrainingCost cost) {
        Remaining training = new Remaining(cost, 1, 0, 0);
        ExpectedDuration guess = Guess.of(engine, training, training).orElseThrow();
        assertThat(guess.basis()).isEqualTo(ExpectedDuration.Basis.GUESS);
        assertThat(guess.seconds()).isNull();
        return Objects.requireNonNull(guess.range());
    }
}
