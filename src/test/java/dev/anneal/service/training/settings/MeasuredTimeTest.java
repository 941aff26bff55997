package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.anneal.protocol.Progress.Measured.Rate;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.training.machine.Machine;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Times of steps as they follow from a machine's products, against those that were measured on it; the head of the
 * table says how.
 */
class MeasuredTimeTest {

    private static final int THREADS = 2;

    /** Before and after the table, on the same machine. */
    private static final Machine MACHINE = new Machine(
            new Machine.Setup("cpu", "auto", THREADS),
            true,
            0,
            List.of(
                    new Rate("fp32", 192, 1.89e11),
                    new Rate("fp32", 576, 1.84e11),
                    new Rate("bf16", 576, 4.11e11),
                    new Rate("bf16", 2048, 4.24e11)));

    /**
     * @param step its rows and their tokens, for example {@code 4x256}
     * @param rank 0: all weights are trained
     */
    @ParameterizedTest
    @CsvFileSource(resources = "/measured-time.csv", useHeadersInDisplayName = true)
    void isWithinThirtyPercent(
            String model, String precision, String step, int rank, String recomputed, double secondsOfStep) {
        int[] sizes = MeasuredWork.rowsAndTokens(step);
        TrainingCost cost = TrainingCost.of(
                MeasuredWork.model(model),
                MeasuredWork.adapter(rank),
                new EngineSetup("cpu", precision, false, THREADS),
                new TrainingCost.Work(
                        (double) sizes[0] * sizes[1], 1, sizes[1], 1, sizes[0], 0, recomputed.equals("on")));

        assertThat(cost.operations()
                        / MACHINE.operationsPerSecond(cost.precision(), cost.width())
                                .orElseThrow())
                .isCloseTo(secondsOfStep, withinPercentage(30));
    }
}
