package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.RawHttp.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are to exhaust, confuse or crash whoever parses them: each is refused soon, by its reason. */
class MalformedJsonIT extends AttackTest {

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final List<String> ROUTES = List.of(
            "/v1/fine_tuning/jobs",
            "/v1/fine_tuning/estimate",
            "/v1/fine_tuning/evaluations",
            "/v1/fine_tuning/exports",
            "/v1/fine_tuning/alpha/graders/run",
            "/v1/fine_tuning/alpha/graders/validate",
            "/v1/uploads",
            "/v1/webhook_endpoints");

    static List<String> bombs() {
        String digits = "9".repeat(900_000);
        return List.of(
                "[".repeat(10_000) + "]".repeat(10_000),
                "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000),
                "[".repeat(500_000),
                "{\"model\":" + digits + "}",
                "{\"model\":1e" + digits + "}",
                "{\"model\":0." + digits + "}",
                "{\"" + "k".repeat(900_000) + "\":1}",
                "{\"model\":\"a\",\"model\":\"b\"}",
                "{\"metadata\":{\"a\":\"1\",\"a\":\"2\"}}",
                "{\"model\":NaN}",
                "{\"model\":Infinity}",
                "{\"model\":-Infinity}",
                "{\"model\":01}",
                "{\"model\":+1}",
                "{'model':'a'}",
                "{\"model\":\"a\"}{\"model\":\"b\"}",
                "/* c */{\"model\":\"a\"}",
                "{\"model\":\"\\ud8\"}",
                "{\"model\":\"a\nb\"}",
                "{\"model\":\"\u00ff\u00fe\"}",
                "{\"model\":\"\u00ed\u00a0\u0080\"}",
                "\0",
                "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>");
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void whatIsNoJsonIsRefusedEverywhere(String body) {
        for (String route : ROUTES) {
            long start = System.nanoTime();
            Reply reply = raw("POST " + route, KEY + JSON_TYPE, body);

            assertRefused(reply, 400, "invalid_json");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
            assertThat(reply.text()).hasSizeLessThan(4000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "\\udc00\\ud800", "a\\ud83d", "\\u0000", "\u00c0\u0080"})
    void textThatIsNoTextIsRefused(String text) {
        for (String body : List.of(
                "{\"model\":\"" + text + "\",\"training_file\":\"file-1\"}",
                "{\"model\":\"anneal-tiny\",\"training_file\":\"" + text + "\"}",
                "{\"model\":\"anneal-tiny\",\"training_file\":\"file-1\",\"suffix\":\"" + text + "\"}",
                "{\"model\":\"anneal-tiny\",\"training_file\":\"file-1\",\"metadata\":{\"k\":\"" + text + "\"}}",
                "{\"model\":\"anneal-tiny\",\"training_file\":\"file-1\",\"metadata\":{\"" + text + "\":\"v\"}}")) {
            Reply reply = raw("POST /v1/fine_tuning/jobs", KEY + JSON_TYPE, body);

            assertThat(reply.status()).as(body + reply.text()).isEqualTo(400);
            assertThat(reply.text()).containsPattern("\"code\":\"invalid_(value|json)\"");
        }
        Reply endpoint = raw(
                "POST /v1/webhook_endpoints",
                KEY + JSON_TYPE,
                "{\"name\":\"" + text + "\",\"url\":\"https://a.b/\",\"event_types\":[\"fine_tuning.job.failed\"]}");
        assertRefused(endpoint, 400, "invalid_value");
        Reply upload = raw(
                "POST /v1/uploads",
                KEY + JSON_TYPE,
                "{\"filename\":\"" + text + "\",\"bytes\":10,\"mime_type\":\"text/jsonl\",\"purpose\":\"fine-tune\"}");
        assertRefused(upload, 400, "invalid_value");
    }

    @Test
    void manyKeysAreRefusedAsManyKeys() {
        StringBuilder metadata = new StringBuilder();
        for (int i = 0; i < 80_000; i++) {
            metadata.append(i == 0 ? "" : ",").append('"').append(i).append("\":\"\"");
        }
        String file = file(ALPHA, 10);

        Reply reply = raw(
                "POST /v1/fine_tuning/jobs",
                KEY + JSON_TYPE,
                "{\"model\":\"anneal-tiny\",\"training_file\":\"" + file + "\",\"metadata\":{" + metadata + "}}");

        assertRefused(reply, 400, "invalid_value");
        assertThat(reply.text()).contains("metadata").hasSizeLessThan(2000);
    }

    @Test
    void aValueOfAMegabyteIsNotRepeatedInTheAnswer() {
        Reply reply =
                raw("POST /v1/fine_tuning/jobs", KEY + JSON_TYPE, "{\"model\":\"" + "m".repeat(1_000_000) + "\"}");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text()).hasSizeLessThan(4000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32", "UTF-7", "ISO-8859-1", "IBM500"})
    void anotherCharsetIsNoWayAround(String charset) {
        byte[] body = Charset.isSupported(charset)
                ? "{\"model\":\"\u00e9\"}".getBytes(Charset.forName(charset))
                : "+AHsAfQ-".getBytes(StandardCharsets.US_ASCII);

        Reply reply = raw(
                "POST /v1/fine_tuning/jobs",
                KEY + "Content-Type: application/json; charset=" + charset + "\r\n",
                new String(body, StandardCharsets.ISO_8859_1));

        assertThat(reply.status()).as(reply.text()).isIn(400, 415);
        assertThat(reply.isEnvelope()).as(reply.text()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json; charset=nonsense | 415",
                "application/json; charset=\"' | 415",
                "application/xml | 415",
                "application/x-java-serialized-object | 415",
                "text/plain | 415",
                "application/x-www-form-urlencoded | 415",
                "multipart/form-data; boundary=x | 415",
                "application/json/json | 415",
                "*/* | 415",
                "%00 | 415"
            })
    void otherTypesAreRefused(String type, int status) {
        Reply reply = raw("POST /v1/fine_tuning/jobs", KEY + "Content-Type: " + type + "\r\n", "{\"model\":\"a\"}");

        assertRefused(reply, status, "unsupported_media_type");
    }

    @Test
    void aCompressedBombIsNotInflated() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 200; i++) {
                gzip.write(zeros);
            }
        }
        String body = bomb.toString(StandardCharsets.ISO_8859_1);
        for (String encoding : List.of("gzip", "deflate", "br", "gzip, gzip")) {
            Reply reply =
                    raw("POST /v1/fine_tuning/jobs", KEY + JSON_TYPE + "Content-Encoding: " + encoding + "\r\n", body);

            assertRefused(reply, 400, "invalid_json");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "0",
                "99999999999999999999",
                "2147483648",
                "1e9",
                "0x10",
                "1%20",
                "NaN",
                "1;DROP%20TABLE%20file",
                "%00",
                "%D9%A1"
            })
    void pagesHaveASize(String limit) {
        List<Reply> replies = new ArrayList<>();
        for (String list : List.of(
                "/v1/files",
                "/v1/fine_tuning/jobs",
                "/v1/fine_tuning/exports",
                "/v1/fine_tuning/evaluations",
                "/v1/webhook_endpoints")) {
            replies.add(raw("GET " + list + "?limit=" + limit, KEY, ""));
        }

        assertThat(replies).allSatisfy(reply -> assertRefused(reply, 400, "invalid_value"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'%20OR%201=1--", "..%2f..%2fetc", "%F0%9F%92%A5", "99999999999999999999"})
    void cursorsAreIdsOfTheTenant(String cursor) {
        for (String list : List.of("/v1/files", "/v1/fine_tuning/jobs")) {
            assertRefused(raw("GET " + list + "?after=" + cursor, KEY, ""), 400, "invalid_cursor");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%C0%AE", "%E0%80%AE", "%FF", "%", "%zz", "%u0041"})
    void parametersAreEncodedAsTheyShouldBe(String value) {
        for (String list : List.of("/v1/files?after=", "/v1/fine_tuning/jobs?metadata%5Bk%5D=", "/v1/files?purpose=")) {
            assertRefused(raw("GET " + list + value, KEY, ""), 400, "invalid_value");
        }
    }
}
