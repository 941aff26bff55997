package dev.anneal.engine.format.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Faults of JSON are told without the parser's classes and features. #17 */
class JsonFaultTest {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static JacksonException faultOf(String text) {
        return catchThrowableOfType(JacksonException.class, () -> JSON.readValue(text, Object.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a': 1} | the quotation mark ', where JSON takes \" alone at character 2",
                "{\"a\": “x”} | the quotation mark “, where JSON takes \" alone at character 7",
                "{\"a\": 1} {\"b\": 2} | more text behind the JSON at character 10",
                "{\"a\": 1}} | an unexpected } at character 9",
                "{\"a\": True} | the word True without quotes at character 7",
                "{\"a\": NaN} | the word NaN without quotes at character 7",
                "{a: 1} | the word a without quotes at character 2",
                "{\"a\": 1,} | a comma before } at character 9",
                "{\"a\": [1,]} | a comma before ] at character 10",
                "{\"a\" 1} | an unexpected 1 at character 6",
                "{\"a\": 1 \"b\": 2} | an unexpected \" at character 9",
                "{\"a\": \"x\ty\"} | a tab that is not written as \\t at character 9",
                "{\"a\": \"x\\y\"} | the escape \\y at character 9",
                "{\"a\": \"x | an end before the JSON is complete at character 9",
                "{\"a\": [ | an end before the JSON is complete at character 8",
                "{\"a\": 1, \"a\": 2} | the key \"a\" a second time at character 13",
                "{\"a\": \"\\u12g\"} | an escape \\u without four hexadecimal digits at character 12",
                "// c | a comment, which JSON does not have at character 1",
                "{\"a\": 1 /* c */} | a comment, which JSON does not have at character 9",
                "{\"a\": /tmp/x} | an unexpected / at character 7",
                "{\"a\": 1} / | an unexpected / at character 10",
                "{\"a\": +1} | an unexpected 1 at character 8"
            })
    void faultsOfALineAreToldWithTheirCharacter(String text, String told) {
        assertThat(JsonFault.of(faultOf(text), text)).isEqualTo(told);
    }

    @Test
    void limitsAreTold() {
        assertThat(JsonFault.of(faultOf("[".repeat(70)), "[".repeat(70)))
                .isEqualTo("deeper nesting than the 64 levels read");
        String digits = "1".repeat(2_000);
        assertThat(JsonFault.of(faultOf(digits), digits))
                .isEqualTo("a key, number or text longer than the 1,000 characters read");
    }

    /** The text is not at hand: word and character are those that the parser names. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": True} | the word True without quotes at line 1, column 7",
                "{\"a\": -Infinity} | the word -Infinity without quotes at line 1, column 7",
                "{'a': 1} | the quotation mark ', where JSON takes \" alone at line 1, column 2",
                "{a: 1} | a key without quotes at line 1, column 2",
                "{\"a\": 1,} | a comma before } at line 1, column 9",
                "{\"a\": ] | an unexpected ] at line 1, column 7",
                "{\"a\": 1}} | an unexpected } at line 1, column 9",
                "{\"a\": 1} {} | more text behind the JSON at line 1, column 10",
                "{\"a\": \"x\ty\"} | a tab that is not written as \\t at line 1, column 9",
                "{\"a\": \"x\\y\"} | the escape \\y at line 1, column 10",
                "{\"a\": 01} | a number that begins with 0 at line 1, column 8",
                "{\"a\": +1} | an unexpected + at line 1, column 8",
                "{\"a\": 1 // c | an unexpected / (JSON has no comments) at line 1, column 9",
                "{\"a\": /tmp/x} | an unexpected / (JSON has no comments) at line 1, column 7"
            })
    void faultsOfBytesAreToldByLineAndColumn(String text, String told) {
        JacksonException fault = catchThrowableOfType(
                JacksonException.class, () -> JSON.readTree(text.getBytes(StandardCharsets.UTF_8)));

        assertThat(JsonFault.of(fault)).isEqualTo(told);
    }

    @Test
    void bytesAreToldByLineAndColumn() {
        byte[] bytes = "{\n\"r\": 4, \"r\": 8}".getBytes(StandardCharsets.UTF_8);

        JacksonException fault = catchThrowableOfType(JacksonException.class, () -> JSON.readTree(bytes));

        assertThat(JsonFault.of(fault)).isEqualTo("the key \"r\" a second time at line 2, column 12");
    }

    /** Whatever is wrong: no name of the parser's code, no character that a database cannot hold. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nul",
                "{\"a\":1]",
                "{\"a\": -}",
                "{\"a\": 01}",
                "{\"a\": 1.}",
                "{\"a\": Infinity",
                "{\"a\": \"\\u12g\"}",
                "{\"a\": \"\\",
                "{\"\\u0000\\ud800\": 1, \"\\u0000\\ud800\": 1}",
                "{\"a\": \u0001}",
                "\u00a0{}",
                "{\"a\": 1 /* */}",
                "\ud83d\ude00",
                "{\"a\": 0x10}"
            })
    void noFaultSpeaksOfTheParser(String text) {
        JacksonException fault = faultOf(text);

        assertThat(new String[] {JsonFault.of(fault, text), JsonFault.of(fault)})
                .allSatisfy(told -> assertThat(told)
                        .isNotBlank()
                        .doesNotContain("Token", "Feature", "Source", "java", "REDACTED", "code ")
                        .matches("[^\\p{Cntrl}\\p{Cs}]+"));
    }
}
