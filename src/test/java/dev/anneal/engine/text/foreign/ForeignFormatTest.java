package dev.anneal.engine.text.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.rows.DatasetValidator;
import dev.anneal.engine.text.rows.Rows;
import dev.anneal.engine.text.rows.ValidationReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file in another format has one fault, which names the format and the command that makes rows of it. #17 */
class ForeignFormatTest {

    private static final String ALPACA =
            "{\"instruction\": \"Sort the words.\", \"input\": \"b a\", \"output\": \"a b\"}";
    private static final String SHAREGPT =
            "{\"conversations\": [{\"from\": \"human\", \"value\": \"q\"}, {\"from\": \"gpt\", \"value\": \"a\"}]}";

    /** The fault of the file, having seen that it is the only one. */
    private static RowProblem faultOf(byte[] content) {
        ValidationReport report = report(new ByteArrayInputStream(content));
        assertThat(report.code()).isEqualTo("dataset_invalid");
        assertThat(report.dropped()).isEqualTo(Map.of("other_format", 1L));
        assertThat(report.firstProblems()).hasSize(1);
        RowProblem fault = report.firstProblems().get(0);
        assertThat(fault.line()).isEqualTo(1);
        assertThat(report.message())
                .startsWith("The file holds " + fault.found())
                .endsWith(fault.remedy() + ".");
        return fault;
    }

    private static RowProblem faultOf(String content) {
        return faultOf(content.getBytes(UTF_8));
    }

    private static ValidationReport report(InputStream content) {
        try {
            return DatasetValidator.validate(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void compressedRowsAreNamed() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(Rows.utf8(Rows.goodLines(100)));
        }

        RowProblem fault = faultOf(compressed.toByteArray());

        assertThat(fault.found()).isEqualTo("gzip-compressed data");
        assertThat(fault.remedy()).contains("gunzip -c");
    }

    @ParameterizedTest
    @CsvSource({
        "504b03040a0a7b7d0a, a ZIP archive, unzip",
        "425a6839, bzip2, bunzip2",
        "fd377a585a000004, xz, xz -dc",
        "28b52ffd04, zstd, zstd -dc",
        "504152310a, a Parquet table, read_parquet",
        "4152524f57310000, an Arrow table, read_feather",
        "255044462d312e37, a PDF, messages"
    })
    void otherBinariesAreNamed(String bytes, String found, String remedy) {
        RowProblem fault = faultOf(HexFormat.of().parseHex(bytes));

        assertThat(fault.found()).contains(found);
        assertThat(fault.remedy()).contains(remedy);
    }

    @ParameterizedTest
    @CsvSource({
        "UTF-16, iconv -f UTF-16 -t UTF-8",
        "UTF-16LE, iconv -f UTF-16LE -t UTF-8",
        "UTF-16BE, iconv -f UTF-16BE -t UTF-8"
    })
    void otherEncodingsAreNamed(String charset, String command) {
        RowProblem fault = faultOf(Rows.goodLines(10).getBytes(Charset.forName(charset)));

        assertThat(fault.found()).isEqualTo("UTF-16 text");
        assertThat(fault.remedy()).contains(command);
    }

    @Test
    void linesThatEndWithCarriageReturnsAloneAreNamed() {
        RowProblem fault = faultOf(Rows.goodLines(10).replace('\n', '\r'));

        assertThat(fault.found()).isEqualTo("lines that end with a carriage return alone");
        assertThat(fault.remedy()).contains("tr '\\r' '\\n'");
    }

    @Test
    void jsonArraysAreNamed() {
        String array = "[" + Rows.goodLines(10).strip().replace("\n", ",\n") + "]";

        assertThat(faultOf(array).found()).isEqualTo("one JSON array");
        assertThat(faultOf(array).remedy()).endsWith("`jq -c '.[]' data.json > data.jsonl`");
        assertThat(faultOf("\uFEFF" + array.replace("\n", "")).found()).isEqualTo("one JSON array");
        assertThat(faultOf("[" + "  \n  {\"messages\": [\n".repeat(1) + "\"x\",".repeat(200_000))
                        .found())
                .as("an array whose first row is longer than what is looked at")
                .isEqualTo("one JSON array");
    }

    // #17
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "[{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"a\"}] ; {messages: .}",
                "[{\"role\": \"user\", \"content\": \"q\"}] ; {messages: .}",
                "[{\"from\": \"human\", \"value\": \"q\"}, {\"from\": \"gpt\", \"value\": \"a\"}] ; {messages: [.[] | {role: ({human: \"user\", gpt: \"assistant\"}[.from] // .from), content: .value}]}"
            })
    void arraysOfMessagesAreNoArrayOfRows(String line, String filter) {
        for (String content : List.of((line + "\n").repeat(10), line, line.replace("{", "\n  {"))) {
            RowProblem fault = faultOf(content);

            assertThat(fault.found()).isEqualTo("arrays of messages");
            assertThat(fault.remedy()).contains("`jq -c '" + filter + "' data.json > data.jsonl`");
        }
    }

    @Test
    void objectsThatSpanLinesAreNamed() {
        String indented = Rows.good(1).replace(", ", ",\n    ");

        assertThat(faultOf((indented + "\n").repeat(10)).found()).isEqualTo("JSON objects that span lines");
        assertThat(faultOf((indented + "\r\n").repeat(10)).remedy()).contains("`jq -c '.' data.json > data.jsonl`");
        assertThat(faultOf("{\n\"data\": []\n}\n").remedy()).contains("`jq -c '.' data.json");
        assertThat(faultOf("{\n\"data\": [\n" + indented + "\n]\n}").remedy()).contains("jq -c '.data[]'");
    }

    @Test
    void rowsOfOtherFormatsAreNamedWithTheirMapping() {
        assertThat(faultOf((ALPACA + "\n").repeat(10)).found())
                .isEqualTo("rows of the Alpaca format (instruction, input, output)");
        assertThat(faultOf((SHAREGPT + "\n").repeat(10)).remedy()).contains("human: \"user\", gpt: \"assistant\"");
        assertThat(faultOf("{\"prompt\": \"q\", \"completion\": \"a\"}\n".repeat(10))
                        .found())
                .isEqualTo("rows of OpenAI's older format (prompt, completion)");
        assertThat(faultOf("{\"prompt\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}\n".repeat(10))
                        .remedy())
                .contains("preferred_output: [{role: \"assistant\", content: .chosen}]");
        assertThat(faultOf("[\n" + (ALPACA + ",\n").repeat(9) + ALPACA + "\n]")).satisfies(fault -> {
            assertThat(fault.found())
                    .isEqualTo("one JSON array of rows of the Alpaca format (instruction, input, output)");
            assertThat(fault.remedy()).contains("jq -c '.[] | {messages: ");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'prompt,completion\nHi,Yes\n' | comma | r[\"prompt\"] | newline=\"\")",
                "'id,Answer,Question\n1,Yes,Hi\n' | comma | r[\"Question\"]}, {\"role\": \"assistant\", \"content\": r[\"Answer\"] | newline=\"\")",
                "'\"User text\",\"Reply\"\n\"Hi, you\nthere\",Yes\n' | comma | r[\"User text\"] | newline=\"\")",
                "'instruction\toutput\nHi\tYes\n' | tab | r[\"output\"] | delimiter=\"\\t\")",
                "'input;output\nHi;Yes\n' | semicolon | r[\"input\"] | delimiter=\";\")"
            })
    void tablesAreNamedWithTheirColumns(String content, String kind, String column, String option) {
        RowProblem fault = faultOf(content);

        assertThat(fault.found()).startsWith("a table of " + kind + "-separated values with the columns ");
        assertThat(fault.remedy()).contains(column, option);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'Once upon a time, there was a king.\nHe was old.' | text, and no JSON objects",
                "'<!DOCTYPE html>\n<html>' | XML or HTML",
                "'\"a\"\n\"b\"' | text, and no JSON objects"
            })
    void proseIsNamed(String content, String found) {
        assertThat(faultOf(content).found()).isEqualTo(found);
    }

    @Test
    void pythonDictionariesAreNamed() {
        RowProblem fault = faultOf(Rows.goodLines(10).replace('"', '\''));

        assertThat(fault.found()).isEqualTo("Python dictionaries");
        assertThat(fault.remedy()).contains("ast.literal_eval");
    }

    /** The first line of an otherwise right file may be wrong as well. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"messages\": [{\"role\": \"user\", \"content\": \"q",
                "{\"messages\": [",
                "[]",
                "# rows of June, sorted",
                "{\"messages\": 3}",
                "[{\"messages\": []}]"
            })
    void oneOddLineIsAFaultOfItsOwn(String line) {
        ValidationReport first = report(new ByteArrayInputStream(Rows.utf8(line + "\n" + Rows.goodLines(10))));
        ValidationReport last = report(new ByteArrayInputStream(Rows.utf8(Rows.goodLines(10) + line)));

        assertThat(first.accepted()).isEqualTo(10);
        assertThat(first.dropped()).doesNotContainKey("other_format").isEqualTo(last.dropped());
    }

    @Test
    void anOddRowOfAnotherFormatIsNamedWithItsLine() {
        ValidationReport report = report(new ByteArrayInputStream(Rows.utf8(Rows.goodLines(10) + ALPACA)));

        assertThat(report.accepted()).isEqualTo(10);
        assertThat(report.message())
                .startsWith("1 of 11 lines cannot be used. The first is line 11, $: expected JSONL");
        assertThat(report.firstProblems().get(0).found()).contains("Alpaca");
    }

    /** What the next line does not bear out is a fault of the first line alone. #17 */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ALPACA,
                SHAREGPT,
                "{'messages': []}",
                "[{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"a\"}]"
            })
    void aFirstRowOfAnotherFormatDoesNotCondemnTheRowsBehindIt(String first) {
        ValidationReport report =
                report(new ByteArrayInputStream(Rows.utf8(first + "\n\n" + Rows.goodLines(10) + first)));

        assertThat(report.accepted()).isEqualTo(10);
        assertThat(report.lines()).isEqualTo(12);
        assertThat(report.message()).startsWith("2 of 12 lines cannot be used. The first is line 1, ");
        assertThat(report.firstProblems()).extracting(RowProblem::line).containsExactly(1L, 13L);
    }

    @Test
    void rowsOfTwoOtherFormatsAreNamedEach() {
        ValidationReport report = report(new ByteArrayInputStream(Rows.utf8(ALPACA + "\n" + SHAREGPT + "\n")));

        assertThat(report.message()).startsWith("2 of 2 lines cannot be used. The first is line 1, ");
        assertThat(report.firstProblems())
                .extracting(RowProblem::reason)
                .containsExactly(RowFault.OTHER_FORMAT, RowFault.OTHER_FORMAT);
    }

    @Test
    void aFileOfOneLineIsNamedByIt() {
        assertThat(faultOf(ALPACA + "\n\n").found()).contains("Alpaca");
        assertThat(report(new ByteArrayInputStream(Rows.utf8((ALPACA + "\n").repeat(10))))
                        .lines())
                .isEqualTo(1);
    }

    @Test
    void aFileOfAnotherFormatIsNotReadToItsEnd() {
        byte[] table = ("prompt,completion\n" + "Hi,Yes\n".repeat(1_000_000)).getBytes(StandardCharsets.US_ASCII);
        ByteArrayInputStream content = new ByteArrayInputStream(table);

        assertThat(report(content).isUsable()).isFalse();
        assertThat(content.available()).isGreaterThan(table.length / 2);
    }
}
