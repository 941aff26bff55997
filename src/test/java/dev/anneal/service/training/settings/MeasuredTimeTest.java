package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.anneal.service.platform.process.EngineSetup;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Times of steps as they follow from the speed of products, against those that were measured on the same machine; the
 * head of the table says how.
 */
class MeasuredTimeTest {

    private static final int THREADS = 2;

    /** Products of 256 tokens on both threads, before and after the table, by matrices about as wide as the model. */
    private static final double BF16_OPERATIONS_PER_SECOND = 4.11e11;

    private static final double FP32_OPERATIONS_PER_SECOND = 1.84e11;
    private static final double NARROW_FP32_OPERATIONS_PER_SECOND = 1.89e11;

    /**
     * @param step its rows and their tokens, for example {@code 4x256}
     * @param rank 0: all weights are trained
     */
    @ParameterizedTest
    @CsvFileSource(resources = "/measured-time.csv", useHeadersInDisplayName = true)
    void isWithinThirtyPercent(
            String model, String precision, String step, String rank, String recomputed, double secondsOfStep) {
        int[] sizes = MeasuredWork.rowsAndTokens(step);
        TrainingCost cost = TrainingCost.of(
                MeasuredWork.model(model),
                MeasuredWork.adapter(rank),
                new EngineSetup("cpu", precision, false, THREADS),
                new TrainingCost.Work(
                        (double) sizes[0] * sizes[1], 1, sizes[1], 1, sizes[0], 0, recomputed.equals("on")));

        assertThat(cost.operations() / operationsPerSecond(cost)).isCloseTo(secondsOfStep, withinPercentage(30));
    }

    /** Of SmolLM2-135M in bf16 on two threads: docs/training-settings.md. */
    @ParameterizedTest
    @CsvSource({"1,1.40", "4,1.21"})
    void aBaseInFourBitsTakesTheTimeToFormItsLayers(int rows, double measured) {
        ModelProfile whole = MeasuredWork.model("SmolLM2-135M");
        TrainingCost.Work work = new TrainingCost.Work(rows * 256.0, 1, 256, 1, rows, 0, false);

        double ratio = operations(whole.kept(true, 1), work) / operations(whole, work);

        assertThat(ratio).isCloseTo(measured, within(0.15));
    }

    private static double operations(ModelProfile model, TrainingCost.Work work) {
        EngineSetup engine = new EngineSetup("cpu", "bf16", true, THREADS);
        return TrainingCost.of(model, MeasuredWork.adapter("16"), engine, work).operations();
    }

    private static double operationsPerSecond(TrainingCost cost) {
        if (cost.precision().equals("bf16")) {
            return BF16_OPERATIONS_PER_SECOND;
        }
        return cost.width() < 300 ? NARROW_FP32_OPERATIONS_PER_SECOND : FP32_OPERATIONS_PER_SECOND;
    }
}
