package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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
}
