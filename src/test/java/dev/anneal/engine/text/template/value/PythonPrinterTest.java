package dev.anneal.engine.text.template.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Floats print as Python prints them: the shortest digits that read back. */
class PythonPrinterTest {

    /** Among them numbers that {@link Double#toString} of JDK 17 prints with too many digits. */
    @ParameterizedTest
    @CsvSource({
        "2.0E-3, 0.002",
        "2.2250738585072014E-308, 2.2250738585072014e-308",
        "4.9E-324, 5e-324",
        "5.684341886080802E-14, 5.684341886080802e-14",
        "2.0E23, 2e+23",
        "1.0E23, 1e+23",
        "9007199254740993, 9007199254740992.0",
        "1.0E16, 1e+16",
        "9999999999999998, 9999999999999998.0",
        "123456.789, 123456.789",
        "-0.0, -0.0",
        "0.0001, 0.0001",
        "0.00001, 1e-05"
    })
    void printsAsPythonDoes(double value, String printed) {
        assertThat(PythonPrinter.repr(value, new Budget())).isEqualTo(printed);
    }

    @Test
    void everyDoubleReadsBack() {
        Random random = new Random(2);
        for (int i = 0; i < 5_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertThat(Double.parseDouble(PythonPrinter.repr(value, new Budget())))
                        .isEqualTo(value);
            }
        }
    }
}
