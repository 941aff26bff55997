package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.anneal.service.platform.process.EngineSetup;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** The formula against peaks that engine processes were seen to reach; the head of the table says how. */
class MeasuredMemoryTest {

    /**
     * @param step its rows and their tokens, for example {@code 4x256}
     * @param rank with groups of signs {@code 16x8}; 0: all weights are trained
     */
    @ParameterizedTest
    @CsvFileSource(resources = "/measured-memory.csv", useHeadersInDisplayName = true)
    void isWithinFifteenPercent(
            String model, String precision, String step, String rank, String recomputed, int threads, long peak) {
        int[] sizes = MeasuredWork.rowsAndTokens(step);
        MemoryEstimate estimate = MemoryEstimate.of(
                MeasuredWork.model(model),
                MeasuredWork.adapter(rank),
                new EngineSetup("cpu", precision, false, threads),
                new MemoryEstimate.Rows(sizes[0], (long) sizes[0] * sizes[1], sizes[1], 0, recomputed.equals("on"), 0));

        assertThat(estimate.totalBytes() >> 20).isCloseTo(peak, withinPercentage(15));
    }

    /**
     * Of the first steps of a reinforcement job; in bf16 later ones take more.
     *
     * @param step its prompts, completions of each, and their tokens, for example {@code 8x8x64}
     * @param promptTokens of each prompt
     */
    @ParameterizedTest
    @CsvFileSource(resources = "/measured-sampling-memory.csv", useHeadersInDisplayName = true)
    void ofReinforcementIsNotBelowAndNotFarAbove(
            String model, String precision, String step, int promptTokens, String rank, int threads, long peak) {
        int[] sizes = MeasuredWork.rowsAndTokens(step);
        int sequences = sizes[0] * sizes[1];
        int longest = promptTokens + sizes[2];
        MemoryEstimate estimate = MemoryEstimate.of(
                MeasuredWork.model(model),
                MeasuredWork.adapter(rank),
                new EngineSetup("cpu", precision, false, threads),
                new MemoryEstimate.Rows(sequences, (long) sequences * longest, longest, 0, false, sequences));

        assertThat(estimate.totalBytes() >> 20).isBetween(peak, peak * 14 / 10);
    }
}
