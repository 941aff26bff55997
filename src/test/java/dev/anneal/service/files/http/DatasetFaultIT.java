package dev.anneal.service.files.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import dev.anneal.service.access.web.ApiTestBase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Bad rows as a client sees them: the file ends in error, and its report names line, reason, place, value and remedy.
 */
class DatasetFaultIT extends ApiTestBase {

    private static final String ROW =
            row("{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Yes\"}");
    private static final String TEN = (ROW + "\n").repeat(10);

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("not_utf8", "", bytes(TEN, new byte[] {'{', (byte) 0xC3, (byte) 0x28, '}', '\n'})),
                fault("nul_byte", "", text(TEN + "{\"a\":\"\0\"}\n")),
                fault(
                        "line_too_long",
                        "",
                        text(TEN + row("{\"role\":\"user\",\"content\":\"" + "x".repeat(10 << 20) + "\"}"))),
                fault("invalid_json", "", text(TEN + "{\"messages\": [\n")),
                fault("missing_messages", "$", text(TEN + "{\"prompt\":\"Hi\"}\n")),
                fault("unknown_role", "$.messages[0].role", text(TEN + row("{\"role\":\"robot\",\"content\":\"x\"}"))),
                fault("no_assistant_message", "$.messages", text(TEN + row("{\"role\":\"system\",\"content\":\"x\"}"))),
                fault("mixed_formats", "$.messages", text(TEN + row("{\"role\":\"user\",\"content\":\"x\"}"))),
                fault(
                        "invalid_weight",
                        "$.messages[0].weight",
                        text(TEN + row("{\"role\":\"assistant\",\"content\":\"x\",\"weight\":2}"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void faultyLineIsNamed(String reason, String path, byte[] content) throws Exception {
        JsonNode file = checked(content);

        assertThat(file.at("/status").asString()).isEqualTo("error");
        JsonNode report = file.at("/anneal/validation_report");
        assertThat(report.at("/code").asString()).isEqualTo("dataset_invalid");
        assertThat(report.at("/dropped/" + reason).asInt()).isEqualTo(1);
        assertThat(report.at("/accepted").asInt()).isEqualTo(10);
        JsonNode problem = report.at("/first_problems/0");
        assertThat(problem.at("/line").asInt()).isEqualTo(11);
        assertThat(problem.at("/reason").asString()).isEqualTo(reason);
        assertThat(problem.at("/path").asString()).startsWith(path);
        assertThat(problem.at("/expected").asString()).isNotBlank();
        assertThat(problem.at("/found").asString()).isNotBlank();
        assertThat(problem.at("/remedy").asString()).isNotBlank();
        assertThat(file.at("/status_details").asString()).contains("line 11");
    }

    static Stream<Arguments> otherFormats() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(text(TEN));
        }
        return Stream.of(
                Arguments.of("gzip-compressed data", "gunzip -c", compressed.toByteArray()),
                Arguments.of("UTF-16 text", "iconv -f UTF-16", TEN.getBytes(StandardCharsets.UTF_16)),
                Arguments.of("comma-separated", "csv.DictReader", text("prompt,completion\n" + "Hi,Yes\n".repeat(10))),
                Arguments.of("one JSON array", "jq -c '.[]'", text("[\n" + (ROW + ",\n").repeat(9) + ROW + "\n]\n")),
                Arguments.of("JSON objects that span lines", "jq -c '.'", text(TEN.replace("[", "[\n"))),
                Arguments.of("carriage return alone", "tr '\\r' '\\n'", text(TEN.replace('\n', '\r'))),
                Arguments.of(
                        "Alpaca", "content: .output", text("{\"instruction\":\"Hi\",\"output\":\"Yes\"}\n".repeat(10))),
                Arguments.of(
                        "ShareGPT",
                        "human: \"user\"",
                        text("{\"conversations\":[{\"from\":\"human\",\"value\":\"Hi\"}]}\n".repeat(10))));
    }

    /** One fault instead of one a line. #17 */
    @ParameterizedTest(name = "{0}")
    @MethodSource("otherFormats")
    void aFileOfAnotherFormatIsNamedWithItsConversion(String found, String remedy, byte[] content) throws Exception {
        JsonNode file = checked(content);

        assertThat(file.at("/status").asString()).isEqualTo("error");
        assertThat(file.at("/status_details").asString()).contains(found, remedy);
        JsonNode report = file.at("/anneal/validation_report");
        assertThat(report.at("/code").asString()).isEqualTo("dataset_invalid");
        assertThat(report.at("/first_problems")).hasSize(1);
        assertThat(report.at("/first_problems/0/reason").asString()).isEqualTo("other_format");
        assertThat(report.at("/first_problems/0/found").asString()).contains(found);
        assertThat(report.at("/first_problems/0/remedy").asString()).contains(remedy);
    }

    // #17
    @Test
    void oneRowOfAnotherFormatAtTheBeginningIsAFaultOfItsLine() throws Exception {
        JsonNode file = checked(text("{\"instruction\":\"Hi\",\"output\":\"Yes\"}\n" + TEN));

        assertThat(file.at("/status_details").asString()).startsWith("1 of 11 lines cannot be used.");
        JsonNode report = file.at("/anneal/validation_report");
        assertThat(report.at("/accepted").asInt()).isEqualTo(10);
        assertThat(report.at("/first_problems/0/line").asInt()).isEqualTo(1);
        assertThat(report.at("/first_problems/0/found").asString()).contains("Alpaca");
    }

    @Test
    void emptyFileIsNotUsable() throws Exception {
        JsonNode file = checked(new byte[0]);

        assertThat(file.at("/status").asString()).isEqualTo("error");
        assertThat(file.at("/status_details").asString()).contains("empty");
    }

    @Test
    void fewerThanTenRowsAreTooFew() throws Exception {
        JsonNode file = checked(text((ROW + "\n").repeat(9)));

        assertThat(file.at("/anneal/validation_report/code").asString()).isEqualTo("dataset_too_small");
        assertThat(file.at("/status_details").asString()).contains("9 rows", "10");
    }

    @Test
    void byteOrderMarkIsSkippedAndReported() throws Exception {
        JsonNode file = checked(text("\uFEFF" + TEN));

        assertThat(file.at("/status").asString()).isEqualTo("processed");
        assertThat(file.at("/anneal/validation_report/byte_order_mark").asBoolean())
                .isTrue();
    }

    @Test
    void textThatLooksLikeAControlTokenIsText() throws Exception {
        String tricky = row(
                "{\"role\":\"user\",\"content\":\"<|im_end|>\"},{\"role\":\"assistant\",\"content\":\"<|endoftext|>\"}");

        assertThat(checked(text(TEN + tricky)).at("/status").asString()).isEqualTo("processed");
    }

    private JsonNode checked(byte[] content) throws Exception {
        String id = openAi().files()
                .create(FileCreateParams.builder()
                        .file(content)
                        .purpose(FilePurpose.FINE_TUNE)
                        .build())
                .id();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        !get("/v1/files/" + id).json().at("/status").asString().equals("uploaded"));
        return get("/v1/files/" + id).json();
    }

    private static Arguments fault(String reason, String path, byte[] content) {
        return Arguments.of(reason, path, content);
    }

    private static String row(String messages) {
        return "{\"messages\":[" + messages + "]}";
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text, byte[] more) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(text(text));
        all.writeBytes(more);
        return all.toByteArray();
    }
}
