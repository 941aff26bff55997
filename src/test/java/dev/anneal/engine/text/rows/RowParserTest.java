package dev.anneal.engine.text.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.penetration.Penetration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One line becomes one conversation, pair or prompt, or a problem that names the place, what belongs there and what
 * stands there.
 */
class RowParserTest {

    private static ChatRow parse(String line) throws RowRejectedException {
        return parsed(line).row().conversation();
    }

    private static RowParser.Parsed parsed(String line) throws RowRejectedException {
        byte[] bytes = Rows.utf8(line);
        return RowParser.parse(Place.ofLine(1), bytes, bytes.length);
    }

    private static RowProblem problemOf(String line) {
        return catchThrowableOfType(RowRejectedException.class, () -> parse(line))
                .problem();
    }

    private static ChatRow parseMessages(String... messages) throws RowRejectedException {
        return parse(Rows.ofMessages(messages));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"messages\": [               | INVALID_JSON     | $",
                "{'messages': []}               | INVALID_JSON     | $",
                "{\"messages\": []} {}          | INVALID_JSON     | $",
                "{\"messages\": [], \"messages\": []} | INVALID_JSON | $",
                "{\"messages\": [NaN]}          | INVALID_JSON     | $",
                "{\"a\": 1e400}                 | INVALID_JSON     | $.a",
                "[]                             | INVALID_JSON     | $",
                "null                           | INVALID_JSON     | $",
                "{}                             | MISSING_MESSAGES | $.messages",
                "{\"messages\": []}             | MISSING_MESSAGES | $.messages",
                "{\"messages\": \"hello\"}      | MISSING_MESSAGES | $.messages",
                "{\"messages\": [7]}            | INVALID_MESSAGE  | $.messages[0]",
                "{\"messages\": [{}]}           | UNKNOWN_ROLE     | $.messages[0].role",
                "{\"prompt\": \"\\ud83d\"}      | LONE_SURROGATE   | $.prompt",
                "{\"a b\": [\"\\udc00\"]}       | LONE_SURROGATE   | $[\"a b\"][0]",
            })
    void lineIsNoRow(String line, RowFault fault, String path) {
        RowProblem problem = problemOf(line);
        assertThat(problem.reason()).isEqualTo(fault);
        assertThat(problem.path()).isEqualTo(path);
    }

    @Test
    void brokenJsonIsNamedWithItsPlace() {
        assertThat(problemOf("{\"messages\": [}").found()).isEqualTo("an unexpected } at character 15");
    }

    @Test
    void unknownRole() {
        RowProblem problem =
                problemOf(Rows.ofMessages("{'role': 'user', 'content': 'q'}", "{'role': 'robot', 'content': 'a'}"));
        assertThat(problem)
                .isEqualTo(new RowProblem(
                        1,
                        RowFault.UNKNOWN_ROLE,
                        "$.messages[1].role",
                        "one of system, developer, user, assistant, tool, function",
                        "\"robot\"",
                        "name the role of the message"));
    }

    @Test
    void rowWithoutAssistantMessage() {
        RowProblem problem = problemOf(Rows.ofMessages("{'role': 'system', 'content': 's'}"));
        assertThat(problem.reason()).isEqualTo(RowFault.NO_ASSISTANT_MESSAGE);
        assertThat(problem.path()).isEqualTo("$.messages");
    }

    @Test
    void rowWithWeightZeroThroughout() {
        RowProblem problem = problemOf(Rows.ofMessages("{'role': 'assistant', 'content': 'a', 'weight': 0}"));
        assertThat(problem.reason()).isEqualTo(RowFault.NOTHING_TRAINED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "-1", "0.5", "1.0", "true", "'1'", "99999999999999999999"})
    void weightOtherThanZeroOrOne(String weight) {
        RowProblem problem =
                problemOf(Rows.ofMessages("{'role': 'assistant', 'content': 'a', 'weight': %s}".formatted(weight)));
        assertThat(problem.reason()).isEqualTo(RowFault.INVALID_WEIGHT);
        assertThat(problem.path()).isEqualTo("$.messages[0].weight");
        assertThat(problem.expected()).isEqualTo("the integer 0 or 1");
        assertThat(problem.found()).isEqualTo(weight.replace('\'', '"'));
    }

    @Test
    void weightOfAUserMessage() {
        assertThat(problemOf(Rows.ofMessages("{'role': 'user', 'content': 'q', 'weight': 1}"))
                        .reason())
                .isEqualTo(RowFault.INVALID_WEIGHT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "3",
                "{'text': 'a'}",
                "['a']",
                "[{'type': 'image_url', 'image_url': {}}]",
                "[{'type': 'text'}]"
            })
    void contentThatIsNoText(String content) {
        RowProblem problem = problemOf(Rows.ofMessages("{'role': 'assistant', 'content': %s}".formatted(content)));
        assertThat(problem.reason()).isEqualTo(RowFault.INVALID_CONTENT);
        assertThat(problem.path()).startsWith("$.messages[0].content");
    }

    @Test
    void textPartsAreJoined() throws RowRejectedException {
        ChatRow row = parseMessages(
                "{'role': 'assistant', 'content': [{'type': 'text', 'text': 'one '}, {'type': 'text', 'text': 'two'}]}");
        assertThat(row.messages()).containsExactly(ChatMessage.of(MessageRole.ASSISTANT, "one two"));
    }

    @Test
    void weightsDecideWhatIsTrained() throws RowRejectedException {
        ChatRow row = parseMessages(
                "{'role': 'developer', 'content': 's'}",
                "{'role': 'user', 'content': 'q'}",
                "{'role': 'assistant', 'content': 'a', 'weight': 0}",
                "{'role': 'assistant', 'content': 'b', 'weight': 1}",
                "{'role': 'assistant', 'content': 'c', 'weight': null}");
        assertThat(row.messages()).extracting(ChatMessage::isTrained).containsExactly(false, false, false, true, true);
    }

    @Test
    void toolCallsBecomeObjectsForTheTemplate() throws RowRejectedException {
        ChatRow row = parse("""
                {"messages": [{"role": "assistant", "content": null, "tool_calls": [
                  {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\\"x\\": [1, 2.5]}"}}]}],
                 "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]}""".replace("\n", " "));
        assertThat(row.messages().get(0).content()).isNull();
        assertThat(row.messages().get(0).otherKeys())
                .isEqualTo(Map.of(
                        "tool_calls",
                        List.of(Map.of(
                                "id", "c1",
                                "type", "function",
                                "function", Map.of("name", "f", "arguments", Map.of("x", List.of(1, 2.5)))))));
        assertThat(row.tools())
                .containsExactly(Map.of(
                        "type", "function", "function", Map.of("name", "f", "parameters", Map.of("type", "object"))));
    }

    @Test
    void deprecatedFunctionsBecomeTools() throws RowRejectedException {
        ChatRow row = parse("""
                {"functions": [{"name": "f"}], "messages": [
                 {"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": "{}"}},
                 {"role": "function", "name": "f", "content": "7"}]}""".replace("\n", " "));
        Map<String, Object> call = Map.of("type", "function", "function", Map.of("name", "f", "arguments", Map.of()));
        assertThat(row.tools()).containsExactly(Map.of("type", "function", "function", Map.of("name", "f")));
        assertThat(row.messages().get(0).otherKeys()).isEqualTo(Map.of("tool_calls", List.of(call)));
        assertThat(row.messages().get(1).otherKeys()).isEqualTo(Map.of("name", "f"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'{}'          | $.messages[0].tool_calls",
                "[1]           | $.messages[0].tool_calls[0]",
                "[{}]          | $.messages[0].tool_calls[0].function",
                "[{'function': {'name': ''}}]    | $.messages[0].tool_calls[0].function.name",
                "[{'function': {'name': 'f'}}]   | $.messages[0].tool_calls[0].function.arguments",
                "[{'function': {'name': 'f', 'arguments': 'x = 1'}}] | $.messages[0].tool_calls[0].function.arguments",
            })
    void brokenToolCalls(String calls, String path) {
        RowProblem problem =
                problemOf(Rows.ofMessages("{'role': 'assistant', 'content': 'a', 'tool_calls': %s}".formatted(calls)));
        assertThat(problem.reason()).isEqualTo(RowFault.INVALID_TOOLS);
        assertThat(problem.path()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1e999             | invalid_json   | .x",
                "[1, -1e999]       | invalid_json   | .x[1]",
                "\\\"\\\\ud800\\\" | lone_surrogate | .x",
                "{\\\"y\\\": NaN} | invalid_tools  | ''",
                "1, \\\"x\\\": 2  | invalid_tools  | ''",
            })
    void argumentsOfACallAreReadAsStrictlyAsTheLine(String value, String reason, String path) {
        String row = """
                {"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{\\"x\\": %s}"}}]}]}""";
        RowProblem problem = problemOf(row.formatted(value));
        assertThat(problem.reason().wireName()).isEqualTo(reason);
        assertThat(problem.path()).isEqualTo("$.messages[0].tool_calls[0].function.arguments" + path.replace("'", ""));
    }

    @Test
    void toolCallOfAUser() {
        assertThat(problemOf(
                                Rows.ofMessages(
                                        "{'role': 'user', 'content': 'q', 'tool_calls': [{'function': {'name': 'f', 'arguments': '{}'}}]}"))
                        .expected())
                .isEqualTo("calls by the assistant only");
    }

    @Penetration
    @Test
    void depthOfSixtyFourIsReadAndOneMoreIsNot() throws RowRejectedException {
        String row = "{\"x\": %s, \"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}";
        assertThat(parse(row.formatted("[".repeat(63) + "]".repeat(63))).messages())
                .hasSize(1);
        assertThat(problemOf(row.formatted("[".repeat(64) + "]".repeat(64))).reason())
                .isEqualTo(RowFault.INVALID_JSON);
        assertThat(problemOf("[".repeat(500_000)).reason()).isEqualTo(RowFault.INVALID_JSON);
    }

    @Penetration
    @Test
    void giantNumbersAreRefusedWithoutBeingComputed() {
        RowProblem problem = problemOf("{\"x\": " + "9".repeat(1_000_000) + "}");
        assertThat(problem.reason()).isEqualTo(RowFault.INVALID_JSON);
        assertThat(problem.found()).hasSizeLessThan(120);
    }

    @Penetration
    @Test
    void numberOfMessagesIsBounded() throws RowRejectedException {
        assertThat(parse(Rows.ofManyMessages(1024)).messages()).hasSize(1024);
        RowProblem problem = problemOf(Rows.ofManyMessages(1026));
        assertThat(problem.reason()).isEqualTo(RowFault.TOO_MANY_MESSAGES);
        assertThat(problem.found()).isEqualTo("an array of 1026");
    }

    @Penetration
    @Test
    void excerptsHoldNoControlCharacters() {
        RowProblem problem = problemOf("{\"messages\": [{\"role\": \"a\\u0000\\u202e\\n" + "z".repeat(500) + "\"}]}");
        assertThat(problem.found()).isEqualTo("\"a\\u0000\\u202e\\u000a" + "z".repeat(76) + "…\"");
    }

    @Test
    void rowInWhichTheUserHasTheLastWordIsAPromptWithItsItem() throws RowRejectedException {
        RowParser.Parsed parsed = parsed("""
                {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "weight": 1},
                 {"role": "user", "content": "r", "odd": 1}], "answer": {"n": [7, null]}, "tools": null}""".replace("\n", " "));
        PromptRow row = (PromptRow) parsed.row();
        assertThat(row.prompt().messages())
                .extracting(ChatMessage::content, ChatMessage::isTrained)
                .containsExactly(tuple("q", false), tuple("a", false), tuple("r", false));
        assertThat(row.item()).containsOnlyKeys("messages", "answer", "tools");
        assertThat(row.item().get("answer")).hasToString("{n=[7, null]}");
        assertThat(parsed.unknownKeys()).extracting(UnknownKeys.Key::path).containsExactly("messages[].odd");
    }

    @ParameterizedTest
    @ValueSource(strings = {"output", "completion"})
    void pairIsTwoConversationsOfWhichOnlyTheAnswersAreTrained(String spelling) throws RowRejectedException {
        RowParser.Parsed parsed = parsed("""
                {"input": {"messages": [{"role": "assistant", "content": "hello"}, {"role": "user", "content": "q"}],
                  "tools": [{"type": "function", "function": {"name": "f"}}], "seed": 1},
                 "preferred_%s": [{"role": "assistant", "content": "good", "odd": 1}],
                 "non_preferred_%s": [{"role": "assistant", "content": "bad"}], "id": 7}""".formatted(spelling, spelling).replace("\n", " "));
        PreferenceRow pair = (PreferenceRow) parsed.row();
        assertThat(pair.chosen().messages())
                .extracting(ChatMessage::content, ChatMessage::isTrained)
                .containsExactly(tuple("hello", false), tuple("q", false), tuple("good", true));
        assertThat(pair.rejected().messages())
                .extracting(ChatMessage::content, ChatMessage::isTrained)
                .containsExactly(tuple("hello", false), tuple("q", false), tuple("bad", true));
        assertThat(pair.chosen().tools()).hasSize(1).isEqualTo(pair.rejected().tools());
        assertThat(parsed.unknownKeys())
                .extracting(UnknownKeys.Key::path)
                .containsExactly("id", "input.seed", "preferred_%s[].odd".formatted(spelling));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`'input': []`                                 | INVALID_INPUT     | $.input",
                "`'input': {}`                                 | MISSING_MESSAGES  | $.input.messages",
                "`'input': {'messages': [{'role': 'x'}]}`      | UNKNOWN_ROLE      | $.input.messages[0].role",
                "`'preferred_output': null`                    | INVALID_OUTPUT    | $.preferred_output",
                "`'preferred_output': []`                      | INVALID_OUTPUT    | $.preferred_output",
                "`'non_preferred_output': [1, 2]`              | INVALID_OUTPUT    | $.non_preferred_output",
                "`'non_preferred_output': [{'role': 'user', 'content': 'a'}]` | INVALID_OUTPUT | $.non_preferred_output[0]",
                "`'non_preferred_output': [{'role': 'assistant', 'content': 'good'}]` | IDENTICAL_OUTPUTS | $.non_preferred_output",
                "`'preferred_output': [{'role': 'assistant', 'content': 7}]`  | INVALID_CONTENT | $.preferred_output[0].content",
                "`'preferred_output': [{'role': 'assistant', 'content': 'a', 'weight': 0}]` | INVALID_WEIGHT | $.preferred_output[0].weight",
                "`'preferred_completion': []`                  | INVALID_OUTPUT    | $.preferred_completion",
            })
    void brokenPairs(String key, RowFault fault, String path) {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("input", "'input': {'messages': [{'role': 'user', 'content': 'q'}]}");
        parts.put("preferred_output", "'preferred_output': [{'role': 'assistant', 'content': 'good'}]");
        parts.put("non_preferred_output", "'non_preferred_output': [{'role': 'assistant', 'content': 'bad'}]");
        parts.put(key.substring(1, key.indexOf("':")), key);
        RowProblem problem = problemOf(("{" + String.join(", ", parts.values()) + "}").replace('\'', '"'));
        assertThat(problem.reason()).isEqualTo(fault);
        assertThat(problem.path()).isEqualTo(path);
    }
}
