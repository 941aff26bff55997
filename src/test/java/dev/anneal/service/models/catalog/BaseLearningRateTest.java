package dev.anneal.service.models.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule against the rates that it goes through and against a published one. */
class BaseLearningRateTest {

    /** 192 is the bundled model, 576 SmolLM2-135M. */
    @ParameterizedTest
    @CsvSource({
        "64,   4e-3",
        "192,  4e-3",
        "576,  1.6e-3",
        "2048, 5.6e-4",
        "4096, 3.2e-4",
        "8192, 1.8e-4",
    })
    void rateFallsWithTheWidthOfTheModel(int hiddenSize, double rate) {
        assertThat(BaseLearningRate.of(hiddenSize)).isCloseTo(rate, withPercentage(1e-6));
    }

    /** Schulman et al., LoRA Without Regret, 2025. */
    @ParameterizedTest
    @ValueSource(ints = {2048, 3072, 4096, 8192})
    void ruleAgreesWithThePublishedOne(int hiddenSize) {
        assertThat(BaseLearningRate.of(hiddenSize))
                .isCloseTo(5e-4 * Math.pow(2000.0 / hiddenSize, 0.781), withPercentage(15));
    }
}
