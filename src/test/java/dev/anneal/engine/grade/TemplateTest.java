package dev.anneal.engine.grade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Variables of rows and completions, and what is none. */
class TemplateTest {

    private static final Sample SAMPLE =
            new Sample(item(), "{\"name\": \"Ada\", \"tags\": [\"x\", {\"y\": 2}], \"none\": null}");

    private static Map<String, @Nullable Object> item() {
        Map<String, @Nullable Object> item = new HashMap<>();
        item.put("answer", "42 {{item.x}}");
        item.put("x", Map.of("y", List.of("first", 2.5)));
        item.put("full name", "Ada Lovelace");
        item.put("réf", true);
        item.put("none", null);
        item.put("many", Arrays.asList(1, null, "a"));
        return item;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain } text } | plain } text }",
                "{{item.answer}} | 42 {{item.x}}",
                "<{{ item.x.y[0] }}{{item.x.y[1]}}> | <first2.5>",
                "{{item[\"full name\"]}} {{item['full name']}} | Ada Lovelace Ada Lovelace",
                "{{item.réf}} {{item.none}} | true null",
                "{{item.many}} {{item.x}} | [1,null,\"a\"] {\"y\":[\"first\",2.5]}",
                "{{sample.output_json.name}} | Ada",
                "{{sample.output_json.tags[1].y}} {{sample.output_json.none}} | 2 null",
                "{{sample.output_tools}} | []",
                "{{sample.choices[0].message.role}} | assistant"
            })
    void variablesAreFilled(String text, String expected) throws UnfillableTemplateException {
        assertThat(Template.parse(text, "p").fill(SAMPLE)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{{answer}} | asks for {{answer}}, but variables begin with 'item.'",
                "{{item}} | asks for {{item}}, but variables begin with 'item.'",
                "{{}} | asks for {{}}, but variables begin with 'item.'",
                "{{row.x}} | asks for {{row.x}}, but variables begin with 'item.'",
                "{{sample.text}} | which no completion has; there are sample.output_text, sample.output_json",
                "{{sample.output_text.x}} | is a string; use sample.output_json",
                "{{item.x upper}} | cannot be read from ' upper' on",
                "{{item.x()}} | cannot be read from '()' on",
                "{{item.x[-1]}} | cannot be read from '[-1]' on",
                "ab {{item.x | has '{{' at character 4 without '}}'"
            })
    void whatCannotBeReadIsRefused(String text, String part) {
        assertThatThrownBy(() -> Template.parse(text, "grader.input"))
                .isInstanceOfSatisfying(GraderException.class, e -> {
                    assertThat(e.code()).isEqualTo(GraderException.Code.GRADER_INVALID);
                    assertThat(e.param()).isEqualTo("grader.input");
                })
                .hasMessageStartingWith("'grader.input' ")
                .hasMessageContaining(part);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{{item.nothing}} | INVALID_VARIABLE_ERROR | the row has no key 'nothing' there, but an object",
                "{{item.x.y[2]}} | INVALID_VARIABLE_ERROR | the row has no entry [2] there, but an array",
                "{{item.answer.x}} | INVALID_VARIABLE_ERROR | the row has no key 'x' there, but a string",
                "{{item.none.x}} | INVALID_VARIABLE_ERROR | the row has no key 'x' there, but null",
                "{{sample.output_json.age}} | SAMPLE_PARSE_ERROR | the completion has no key 'age' there",
                "{{sample.output_tools[0].function.name}} | SAMPLE_PARSE_ERROR | the completion has no entry [0] there"
            })
    void whatIsMissingIsNamed(String text, ErrorFlag flag, String part) {
        Template template = Template.parse(text, "p");
        assertThatThrownBy(() -> template.fill(SAMPLE))
                .isInstanceOfSatisfying(
                        UnfillableTemplateException.class,
                        e -> assertThat(e.flag()).isEqualTo(flag))
                .hasMessageContaining(part);
    }

    @Test
    void completionsThatAreNoJsonAreNamed() {
        Template template = Template.parse("{{sample.output_json}}", "p");
        for (String text : List.of("", "{", "{} {}", "[".repeat(100) + "]".repeat(100), "NaN")) {
            assertThatThrownBy(() -> template.fill(new Sample(Map.of(), text)))
                    .isInstanceOf(UnfillableTemplateException.class)
                    .hasMessageContaining("needs a completion that is JSON");
        }
    }

    @Test
    void theLongestTextIsFilled() throws UnfillableTemplateException {
        Sample row = new Sample(Map.of("a", "x".repeat(Template.MOST_FILLED / 2)), "");
        assertThat(Template.parse("{{item.a}}{{item.a}}", "p").fill(row)).hasSize(Template.MOST_FILLED);
        assertTooLong("{{item.a}}.{{item.a}}", row);
    }

    /** 5.9 GB of text from a request of 1 MB. */
    @Test
    void whatBecomesTooLongIsGivenUpAtTheBound() {
        assertTooLong("{{item.a}}".repeat(6_500), new Sample(Map.of("a", "x".repeat(900_000)), ""));
    }

    private static void assertTooLong(String text, Sample sample) {
        assertThatThrownBy(() -> Template.parse(text, "grader.input").fill(sample))
                .isInstanceOfSatisfying(
                        UnfillableTemplateException.class,
                        e -> assertThat(e.flag()).isEqualTo(ErrorFlag.OTHER_ERROR))
                .hasMessageContaining("'grader.input', filled from this row and its completion, leads beyond 1048576");
    }

    @Test
    void toolCallsAreReached() throws UnfillableTemplateException {
        Sample sample =
                new Sample(Map.of(), "", List.of(Map.of("function", Map.of("name", "add", "arguments", "{\"a\": 1}"))));
        assertThat(Template.parse("{{sample.output_tools[0].function.name}}", "p")
                        .fill(sample))
                .isEqualTo("add");
        assertThat(Template.parse("{{sample.choices[0].message.tool_calls[0].function.arguments}}", "p")
                        .fill(sample))
                .isEqualTo("{\"a\": 1}");
    }
}
