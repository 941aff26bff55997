package dev.anneal.engine.text.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.penetration.Penetration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A file's report counts every line and says of the first faulty ones what stands where and how to repair it. */
class DatasetValidatorTest {

    private static final String GOOD_TEN = Rows.goodLines(10);

    private static final String GOOD_PAIR = Rows.pair("good", "bad");

    private static ValidationReport validate(byte[]... parts) {
        try {
            return DatasetValidator.validate(new SequenceInputStream(Collections.enumeration(Arrays.stream(parts)
                    .<InputStream>map(ByteArrayInputStream::new)
                    .toList())));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ValidationReport validate(String text) {
        return validate(Rows.utf8(text));
    }

    /** Ten good rows and then the bad one: the one problem is on line 11. */
    private static RowProblem problemOf(byte[] badLine) {
        ValidationReport report = validate(Rows.utf8(GOOD_TEN), badLine);
        assertThat(report.code()).isEqualTo("dataset_invalid");
        assertThat(report.accepted()).isEqualTo(10);
        assertThat(report.lines()).isEqualTo(11);
        RowProblem problem = report.firstProblems().get(0);
        assertThat(report.firstProblems()).hasSize(1);
        assertThat(problem.line()).isEqualTo(11);
        assertThat(report.dropped()).isEqualTo(Map.of(problem.reason().wireName(), 1L));
        assertThat(report.message()).startsWith("1 of 11 lines cannot be used. The first is line 11, ");
        return problem;
    }

    private static RowProblem problemOf(String badLine) {
        return problemOf(Rows.utf8(badLine));
    }

    @Test
    void goodFileIsUsable() {
        ValidationReport report = validate(GOOD_TEN);
        assertThat(report.isUsable()).isTrue();
        assertThat(report)
                .isEqualTo(new ValidationReport(
                        null,
                        null,
                        DatasetFormat.CHAT,
                        10,
                        0,
                        10,
                        Map.of(),
                        List.of(),
                        20,
                        10,
                        Map.of(),
                        List.of(),
                        null,
                        false));
    }

    @Test
    void lineEndsAndBlankLinesDoNotMatter() {
        ValidationReport report = validate(GOOD_TEN.replace("\n", "\r\n\r\n  \t\n") + Rows.good(11));
        assertThat(report.isUsable()).isTrue();
        assertThat(report.lines()).isEqualTo(11);
        assertThat(report.blankLines()).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "'\n\n  \r\n'"})
    void emptyFile(String text) {
        ValidationReport report = validate(text.replace("\\n", "\n"));
        assertThat(report.code()).isEqualTo("dataset_invalid");
        assertThat(report.message()).isEqualTo("The file is empty. Write one JSON object a line, at least 10 of them.");
    }

    @Test
    void fewerThanTenRows() {
        ValidationReport report = validate(Rows.goodLines(9));
        assertThat(report.code()).isEqualTo("dataset_too_small");
        assertThat(report.message())
                .isEqualTo("The file holds 9 rows. At least 10 are needed; 50 or more are advised.");
        assertThat(report.accepted()).isEqualTo(9);
    }

    @Penetration
    @Test
    void notUtf8() {
        byte[] latin1 = Rows.ofMessages("{'role': 'assistant', 'content': 'Stra\u00dfe'}")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(problemOf(latin1))
                .isEqualTo(new RowProblem(
                        11,
                        RowFault.NOT_UTF8,
                        "$",
                        "UTF-8",
                        "byte 0xDF at byte 53 of the line",
                        "save the file as UTF-8"));
    }

    @Penetration
    @Test
    void surrogatesEncodedAsUtf8AreNotUtf8() {
        assertThat(problemOf(new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'})
                        .reason())
                .isEqualTo(RowFault.NOT_UTF8);
    }

    @Test
    void byteOrderMarkAtTheStartIsSkippedAndReported() {
        ValidationReport report = validate("\uFEFF" + GOOD_TEN);
        assertThat(report.isUsable()).isTrue();
        assertThat(report.accepted()).isEqualTo(10);
        assertThat(report.byteOrderMark()).isTrue();
    }

    @Test
    void byteOrderMarkElsewhereIsRefused() {
        assertThat(problemOf("\uFEFF" + Rows.good(11)))
                .isEqualTo(new RowProblem(
                        11,
                        RowFault.BYTE_ORDER_MARK,
                        "$",
                        "a JSON object",
                        "a byte order mark",
                        "remove it; it is skipped at the start of a file only"));
    }

    @Penetration
    @Test
    void nulByte() {
        RowProblem problem = problemOf(Rows.good(11).replace("question", "ques\0tion"));
        assertThat(problem.reason()).isEqualTo(RowFault.NUL_BYTE);
        assertThat(problem.found()).isEqualTo("a zero byte at character 48 of the line");
    }

    @Penetration
    @Test
    void tenMebibyteLineIsCountedButNotKept() {
        byte[] line = new byte[10 << 20];
        Arrays.fill(line, (byte) 'x');
        RowProblem problem = problemOf(line);
        assertThat(problem.reason()).isEqualTo(RowFault.LINE_TOO_LONG);
        assertThat(problem.expected()).isEqualTo("at most 1,048,576 bytes");
        assertThat(problem.found()).isEqualTo("10,485,760 bytes");
    }

    @Test
    void lineOfExactlyTheLimitIsARow() {
        String start = "{\"messages\": [{\"role\": \"assistant\", \"content\": \"";
        String line = start + "x".repeat(DatasetLimits.LINE_BYTES - start.length() - 4) + "\"}]}";
        assertThat(line).hasSize(DatasetLimits.LINE_BYTES);
        assertThat(validate(GOOD_TEN + line + "\r\n").isUsable()).isTrue();
        assertThat(validate(GOOD_TEN + line + " \n").dropped()).isEqualTo(Map.of("line_too_long", 1L));
    }

    @Test
    void linesAfterABadOneAreStillRead() {
        ValidationReport report = validate("{\n" + GOOD_TEN + "[]\n" + Rows.goodLines(5) + "17\n");
        assertThat(report.accepted()).isEqualTo(15);
        assertThat(report.dropped()).isEqualTo(Map.of("invalid_json", 3L));
        assertThat(report.firstProblems()).extracting(RowProblem::line).containsExactly(1L, 12L, 18L);
    }

    @Test
    void reportListsTheFirstProblemsAndCountsAll() {
        ValidationReport report = validate("{}\n".repeat(1000) + GOOD_TEN);
        assertThat(report.firstProblems())
                .hasSize(20)
                .last()
                .extracting(RowProblem::line)
                .isEqualTo(20L);
        assertThat(report.dropped()).isEqualTo(Map.of("missing_messages", 1000L));
        assertThat(report.message()).startsWith("1,000 of 1,010 lines cannot be used.");
    }

    @Test
    void unknownKeysAreAcceptedAndNamed() {
        String row = """
                {"id": 7, "messages": [{"role": "assistant", "content": "a", "weigth": 0, "name": "n"}]}
                """;
        ValidationReport report = validate(row.repeat(12));
        assertThat(report.isUsable()).isTrue();
        assertThat(report.unknownKeys()).isEqualTo(Map.of("id", 12L, "messages[].weigth", 12L));
        assertThat(report.warnings())
                .containsExactly(
                        "The unknown key 'messages[].weigth' (12 times, first in line 1) is ignored, unless the model's chat template reads it. Did you mean 'weight'?",
                        "Unknown keys are ignored: 'id' (12 times, first in line 1).");
    }

    /** What OpenAI's answers hold is no mistake of whoever saves them as rows. */
    @Test
    void keysOfOpenAisFormatAreNotWarnedOf() {
        String row = """
                {"parallel_tool_calls": true, "tools": [], "messages": [{"role": "user", "content": "q", "name": "n"},
                 {"role": "assistant", "content": "a", "refusal": null, "annotations": [], "audio": null, "reasoning": "r", "weight": 1}]}
                """.replace("\n", " ");
        ValidationReport report = validate((row + "\n").repeat(10));
        assertThat(report.isUsable()).isTrue();
        assertThat(report.unknownKeys()).isEmpty();
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void unknownKeysOfPairsAreWarnedOfAsWell() {
        String row = Rows.pair("good", "bad").replace("\"messages\"", "\"tool\": [], \"messages\"");
        assertThat(validate((GOOD_PAIR + "\n").repeat(9) + row).warnings())
                .containsExactly("The unknown key 'input.tool' (once, in line 10) is ignored. Did you mean 'tools'?");
    }

    @Penetration
    @Test
    void numberOfUnknownKeysIsBounded() {
        StringBuilder row = new StringBuilder("{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]");
        for (int i = 0; i < 10_000; i++) {
            row.append(", \"key").append(i).append("\": 0");
        }
        assertThat(validate((row + "}\n").repeat(10)).unknownKeys()).hasSize(20);
    }

    @Test
    void weightsAreCounted() {
        String row = Rows.ofMessages(
                "{'role': 'user', 'content': 'q'}",
                "{'role': 'assistant', 'content': 'a', 'weight': 0}",
                "{'role': 'user', 'content': 'q'}",
                "{'role': 'assistant', 'content': 'a', 'weight': 1}");
        ValidationReport report = validate((row + "\n").repeat(10));
        assertThat(report.messages()).isEqualTo(40);
        assertThat(report.trainedMessages()).isEqualTo(10);
    }

    @Test
    void reportIsSnakeCaseJsonAndReadsBack() {
        ValidationReport report = validate(GOOD_TEN + "{\"messages\": 3}");
        JsonMapper mapper = new JsonMapper();
        JsonNode json = mapper.valueToTree(report);
        assertThat(json.propertyNames())
                .containsExactlyInAnyOrder(
                        "code",
                        "message",
                        "format",
                        "lines",
                        "blank_lines",
                        "accepted",
                        "dropped",
                        "first_problems",
                        "messages",
                        "trained_messages",
                        "unknown_keys",
                        "warnings",
                        "item_keys",
                        "byte_order_mark");
        assertThat(json.at("/first_problems/0/reason").stringValue()).isEqualTo("missing_messages");
        assertThat(mapper.treeToValue(json, ValidationReport.class)).isEqualTo(report);
    }

    @Test
    void pairsAndPromptsAreRowsOfTheirOwnFormats() {
        ValidationReport pairs = validate((Rows.pair("good", "bad") + "\n").repeat(10));
        assertThat(pairs.isUsable()).isTrue();
        assertThat(pairs.format()).isEqualTo(DatasetFormat.PREFERENCE);
        assertThat(pairs.messages()).isEqualTo(30);
        assertThat(pairs.trainedMessages()).isEqualTo(20);
        ValidationReport prompts = validate((Rows.prompt("question") + "\n").repeat(10));
        assertThat(prompts.isUsable()).isTrue();
        assertThat(prompts.format()).isEqualTo(DatasetFormat.REINFORCEMENT);
        assertThat(prompts.trainedMessages()).isZero();
        assertThat(prompts.unknownKeys()).isEmpty();
    }

    @Test
    void rowOfAnotherFormatThanTheFirstIsNamedWithBoth() {
        assertThat(problemOf(Rows.prompt("question")))
                .isEqualTo(new RowProblem(
                        11,
                        RowFault.MIXED_FORMATS,
                        "$.messages",
                        "a row of the format 'chat' (messages that end with the assistant's), as line 1 is",
                        "one of the format 'reinforcement' (messages that end with the user's)",
                        "add the assistant's answer, or give each format a file of its own"));
        assertThat(problemOf(Rows.pair("good", "bad")).path()).isEqualTo("$");
        assertThat(validate("[]\n" + Rows.prompt("q") + "\n" + GOOD_TEN)
                        .firstProblems()
                        .get(1)
                        .toString())
                .startsWith("line 3, $.messages: expected a row of the format 'reinforcement'")
                .contains("as line 2 is", "remove the answer, or");
    }
}
