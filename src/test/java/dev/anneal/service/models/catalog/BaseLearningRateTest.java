package dev.anneal.service.models.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rule between its two known points; the middle follows from 4e-3 * (2e-4 / 4e-3)^0.5 = 8.9e-4. */
class BaseLearningRateTest {

    @ParameterizedTest
    @CsvSource({
        "1000,          4e-3",
        "2656704,       4e-3",
        "16431677,      8.9e-4",
        "100000000,     2e-4",
        "134515008,     2e-4",
        "8000000000,    2e-4",
    })
    void rateFallsWithTheSizeOfTheModel(long parameters, double rate) {
        assertThat(BaseLearningRate.of(parameters)).isCloseTo(rate, withPercentage(1e-6));
    }
}
