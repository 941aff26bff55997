package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.node.JsonNodeFactory;

/** Text that is to begin a line of the log, move its cursor or be looked up, in every place that takes text. */
@ExtendWith(OutputCaptureExtension.class)
class LogInjectionIT extends AttackTest {

    private static final String FORGED = "1999-01-01T00:00:00.000Z ERROR 1 --- [main] forged";
    private static final String HOSTILE = "a\n" + FORGED + "\r\n" + FORGED + "\r" + FORGED + "\u0085" + FORGED
            + "\u2028" + FORGED + "\u2029" + FORGED + "\u000b" + FORGED + "\u001b[2J\u001b[1A\u0007";
    private static final Pattern LINE_ENDS = Pattern.compile("\\R");

    @Test
    void whatIsLoggedStaysInItsEntry(CapturedOutput output) {
        LoggerFactory.getLogger("dev.anneal.penetration").warn("Control: {}", HOSTILE);

        assertThat(output.getOut()).contains("Control: a");
        assertNothingForged(output);
    }

    @Test
    void bodiesForgeNothing(CapturedOutput output) {
        String text = JsonNodeFactory.instance.stringNode(HOSTILE).toString();
        for (String body : List.of(
                "{\"model\": %s, \"training_file\": \"file-1\"}",
                "{\"model\": \"anneal-tiny\", \"training_file\": %s}",
                "{\"model\": \"anneal-tiny\", \"training_file\": \"file-1\", \"suffix\": %s}",
                "{\"model\": \"anneal-tiny\", \"training_file\": \"file-1\", \"metadata\": {%s: %s}}",
                "{%s: 1}")) {
            assertThat(post(ALPHA, "/v1/fine_tuning/jobs", body.replace("%s", text))
                            .statusCode())
                    .isEqualTo(400);
        }
        String webhook =
                "{\"name\": %s, \"url\": \"https://a.example/\", \"event_types\": [\"fine_tuning.job.failed\"]}";
        assertThat(post(ALPHA, "/v1/webhook_endpoints", webhook.replace("%s", text))
                        .statusCode())
                .isIn(200, 400);
        assertThat(file(ALPHA, FilePurpose.FINE_TUNE, HOSTILE + "\n{\"messages\": " + text + "}\n"))
                .startsWith("file-");
        queuedJob(ALPHA, file(ALPHA, 10), ", \"metadata\": {\"k\": " + text + "}");

        assertNothingForged(output);
    }

    @Test
    void targetsAndHeadersForgeNothingAndStayUnwrittenIfTheyCannotBeParsed(CapturedOutput output) {
        String encoded = URLEncoder.encode(HOSTILE, StandardCharsets.UTF_8).replace("+", "%20");
        String bytes = new String(HOSTILE.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String inAHeader = bytes.replace("\n", "\n ").replace("\r", "");

        assertThat(raw("GET /v1/files/" + encoded, KEY, "").status()).isIn(400, 404);
        assertThat(raw("GET /v1/" + encoded, KEY, "").status()).isIn(400, 404);
        assertRefused(raw("GET /v1/files?after=" + encoded, KEY, ""), 400, "invalid_cursor");
        assertRefused(raw("GET /v1/files?limit=" + encoded, KEY, ""), 400, "invalid_value");
        assertRefused(raw("GET /v1/files?" + encoded + "=1", KEY, ""), 400, "unknown_parameter");
        for (String header : List.of(
                "X-Request-Id",
                "User-Agent",
                "Idempotency-Key",
                "traceparent",
                "tracestate",
                "baggage",
                "X-Stainless-Lang")) {
            assertThat(raw("GET /v1/models", KEY + header + ": " + inAHeader + "\r\n", "")
                            .status())
                    .isIn(200, 400);
            assertThat(raw("GET /v1/models", KEY + header + ": x\u0085" + FORGED + "\r\n", "")
                            .status())
                    .isIn(200, 400);
        }
        assertThat(raw("GET /v1/models", "Authorization: Bearer " + FORGED + "\r\n", "")
                        .status())
                .isEqualTo(401);

        assertNothingForged(output);
        assertUnparsedIsNotWritten(output);
    }

    /** The container says at INFO what it could not parse. */
    private void assertUnparsedIsNotWritten(CapturedOutput output) {
        String secret = "s3cr3t-of-a-client";
        for (String header : List.of(
                "Cookie: session=\"" + secret + "\\\r\n",
                "Cookie: a b=" + secret + "; c=,\u0080\r\n",
                "Authorization: Bearer " + secret + "\u0001\r\n",
                "X Key: " + secret + "\r\n")) {
            assertThat(raw("GET /v1/models", KEY + header, "").status()).isIn(200, 400, 401);
        }
        assertThat(raw("GET /v1/models?key=" + secret + "%GG", KEY, "").status())
                .isEqualTo(400);
        assertThat(raw("GET /v1/models?" + secret + "=\"<>", KEY, "").status()).isEqualTo(400);

        assertThat(output.getAll()).doesNotContain(secret);
    }

    @Test
    void nothingIsLookedUp(CapturedOutput output) throws IOException {
        try (ServerSocket directory = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String lookup = "${jndi:ldap://127.0.0.1:" + directory.getLocalPort() + "/x}";
            String hidden = "${${lower:j}ndi:ldap://127.0.0.1:" + directory.getLocalPort() + "/x}";
            for (String text : List.of(lookup, hidden, "${env:HOME}", "%d{yyyy}", "#{T(java.lang.Runtime)}")) {
                LoggerFactory.getLogger("dev.anneal.penetration").warn("Control: {} " + text, text);
                assertThat(output.getOut()).contains("Control: " + text + " " + text);
                assertThat(raw(
                                        "GET /v1/models",
                                        KEY + "User-Agent: " + text + "\r\nX-Api-Version: " + text + "\r\n",
                                        "")
                                .status())
                        .isEqualTo(200);
                assertThat(post(ALPHA, "/v1/fine_tuning/jobs", "{'model': '" + text + "', 'training_file': 'f'}")
                                .statusCode())
                        .isEqualTo(400);
            }
            directory.setSoTimeout(500);
            org.assertj.core.api.Assertions.assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(directory::accept);
        }
    }

    private static void assertNothingForged(CapturedOutput output) {
        assertThat(LINE_ENDS.split(output.getAll())).noneMatch(line -> line.startsWith("1999-01-01"));
        assertThat(output.getAll()).doesNotContain("\u001b", "\u0085", "\u2028", "\u2029", "\u0007", "\r1999");
    }
}
