package dev.anneal.engine.export.weight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text is that of {@code json.dumps(value, indent=2)} of Python 3.11 for the same value. */
class PythonJsonTest {

    @Test
    void nestedValues() {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put("empty", Map.of());
        value.put("none", List.of());
        value.put("list", Arrays.asList(1, 2.5, null, true, "x"));
        value.put("map", Map.of("k", List.of("v")));

        assertThat(PythonJson.indented(value)).isEqualTo("""
                        {
                          "empty": {},
                          "none": [],
                          "list": [
                            1,
                            2.5,
                            null,
                            true,
                            "x"
                          ],
                          "map": {
                            "k": [
                              "v"
                            ]
                          }
                        }""");
    }

    @Test
    void charactersBeyondAsciiAreEscaped() {
        assertThat(PythonJson.indented("a\"b\\c\n\t\u0001é\uD83D\uDE00"))
                .isEqualTo("\"a\\\"b\\\\c\\n\\t\\u0001\\u00e9\\ud83d\\ude00\"");
    }

    @ParameterizedTest
    @CsvSource({
        "1e-5, 1e-05",
        "0.0001, 0.0001",
        "1e16, 1e+16",
        "123456789012345, 123456789012345.0",
        "0.1, 0.1",
        "-0.0, -0.0",
        "1, 1.0",
        "1.5e-300, 1.5e-300",
        "NaN, NaN",
        "-Infinity, -Infinity",
    })
    void doublesArePrintedAsPythonDoes(double value, String text) {
        assertThat(PythonJson.indented(value)).isEqualTo(text);
    }
}
