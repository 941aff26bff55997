package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.anneal.penetration.RawHttp.Reply;
import dev.anneal.service.HeardLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers and request lines by which a server and what stands before it are made to disagree. */
class HeaderTricksIT extends AttackTest {

    private static final String SMUGGLED =
            "GET /v1/files HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer beta-key-0123456789\r\n\r\n";

    @RegisterExtension
    final HeardLog log = new HeardLog();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\\r\\nContent-Length: 3",
                "Content-Length: 2, 3",
                "Content-Length: +2",
                "Content-Length: -1",
                "Content-Length: 0x2",
                "Content-Length: 99999999999999999999",
                "Content-Length : 2",
                "Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding : chunked",
                "Content-Length: 2\\r\\n\\0X: y",
                "X-Value: a\\0b\\r\\nContent-Length: 2",
                "X-Value: a\\rContent-Length: 2",
                "X Name: y\\r\\nContent-Length: 2",
                "Host: evil.example\\r\\nContent-Length: 2"
            })
    void ambiguousFramingIsRefused(String headers) {
        Reply reply = raw(
                "POST /v1/fine_tuning/jobs",
                KEY + JSON_TYPE
                        + headers.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0") + "\r\n",
                "");

        assertRefused(reply, 400, "invalid_value");
        assertThat(reply.answers()).isEqualTo(1);
    }

    @Test
    void anUnknownTransferEncodingIsRefused() {
        Reply reply = raw("POST /v1/fine_tuning/jobs", KEY + JSON_TYPE + "Transfer-Encoding: xchunked\r\n", "");

        assertThat(reply.status()).isEqualTo(501);
        assertThat(reply.isEnvelope()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 4", "Content-Length: 200"})
    void lengthBesideChunksSmugglesNothing(String length) {
        Reply reply = RawHttp.send(
                port(),
                "POST /v1/fine_tuning/jobs HTTP/1.1\r\nHost: localhost\r\n" + KEY + JSON_TYPE + length
                        + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.answers()).as(reply.text()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FFFFFFFFFFFFFFFFF", "-1", "zz", "0x2", "2;\\n", ""})
    void chunksThatAreNoneAreRefused(String size) {
        Reply reply = RawHttp.send(
                port(),
                "POST /v1/fine_tuning/jobs HTTP/1.1\r\nHost: localhost\r\n" + KEY + JSON_TYPE
                        + "Transfer-Encoding: chunked\r\n\r\n" + size.replace("\\n", "\n") + "\r\n{}\r\n" + SMUGGLED);

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.answers()).as(reply.text()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 65536", "2000, 10", "1, 1000000"})
    void headersHaveABound(int count, int length) {
        Reply reply = raw("GET /v1/models", KEY + ("X-Filler: " + "x".repeat(length) + "\r\n").repeat(count), "");

        assertRefused(reply, 400, "invalid_value");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET http://localhost/v1/models HTTP/1.1 | evil.example                 | 400
            GET http://evil.example/v1/models HTTP/1.1 | localhost                 | 400
            GET /v1/models HTTP/1.1 | user@localhost                               | 400
            GET /v1/models HTTP/1.1 | localhost:80:80                              | 400
            GET /v1/models HTTP/1.1 | local host                                   | 400
            GET /v1/models HTTP/1.1 | <script>                                     | 400
            GET v1/models HTTP/1.1  | localhost                                    | 400
            GET /v1/models HTTP/9.9 | localhost                                    | 505
            GE T /v1/models HTTP/1.1 | localhost                                   | 400
            JEFF /v1/models HTTP/1.1 | localhost                                   | 400
            get /v1/models HTTP/1.1 | localhost                                    | 400
            CONNECT 127.0.0.1:5432 HTTP/1.1 | localhost                            | 501
            CONNECT /v1/models HTTP/1.1 | localhost                                | 501
            TRACE /v1/models HTTP/1.1 | localhost                                  | 405
            TRACK /v1/models HTTP/1.1 | localhost                                  | 400
            """)
    void requestLineAndHostAreWhatTheyShouldBe(String line, String host, int status) {
        Reply reply = RawHttp.send(port(), line + "\r\nHost: " + host + "\r\nConnection: close\r\n" + KEY + "\r\n");

        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.isEnvelope()).as(reply.text()).isTrue();
        assertThat(reply.text()).doesNotContain("alpha-key", "<script>");
    }

    @Test
    void aHostThereMustBe() {
        assertRefused(
                RawHttp.send(port(), "GET /v1/models HTTP/1.1\r\nConnection: close\r\n" + KEY + "\r\n"),
                400,
                "invalid_value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer beta-key-0123456789\\r\\nAuthorization: Bearer nonsense-0123456789",
                "Bearer nonsense-0123456789\\r\\nAuthorization: Bearer beta-key-0123456789",
                "Bearer alpha-key-0123456789\\r\\nAuthorization: Bearer beta-key-0123456789",
                "Bearer alpha-key-0123456789, Bearer beta-key-0123456789",
                "Bearer alpha-key-0123456789 beta-key-0123456789",
                "Bearer alpha-key-012345678\u00b9",
                "Bearer ' OR 1=1 --",
                "Bearer %61lpha-key-0123456789",
                "Bearer\u00a0alpha-key-0123456789",
                "Basic YWxwaGE6YWxwaGEta2V5LTAxMjM0NTY3ODk="
            })
    void oneKeyIsAskedForAndItIsTheRightOne(String authorization) {
        Reply reply = raw("GET /v1/models", "Authorization: " + lines(authorization) + "\r\n", "");

        assertRefused(reply, 401, "invalid_api_key");
        assertThat(reply.text()).doesNotContain("0123456789");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\u001b[2J", "\u007f", "\0"})
    void controlCharactersInAKeyAreRefused(String character) {
        Reply reply = raw("GET /v1/models", "Authorization: Bearer alpha-key-0123456789" + character + "\r\n", "");

        assertRefused(reply, 400, "invalid_value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Original-URL: /livez",
                "X-Rewrite-URL: /livez",
                "X-Forwarded-Prefix: /livez",
                "X-Forwarded-For: 127.0.0.1",
                "X-Real-IP: 127.0.0.1",
                "Forwarded: for=127.0.0.1;host=localhost",
                "X-Forwarded-Host: localhost",
                "X-Custom-IP-Authorization: 127.0.0.1",
                "X-Forwarded-User: alpha",
                "OpenAI-Organization: alpha",
                "Cookie: JSESSIONID=1; api_key=alpha-key-0123456789",
                "X-Api-Key: alpha-key-0123456789"
            })
    void noOtherHeaderOpensAnything(String header) {
        assertRefused(raw("GET /v1/models", header + "\r\n", ""), 401, "invalid_api_key");
        assertRefused(
                raw(
                        "GET /v1/models?api_key=alpha-key-0123456789&access_token=alpha-key-0123456789",
                        header + "\r\n",
                        ""),
                401,
                "invalid_api_key");
    }

    @Test
    void tenantIsOfTheKeyWhateverOtherHeadersSay() {
        Reply reply = raw("GET /v1/models", KEY + "OpenAI-Organization: beta\r\nOpenAI-Project: beta\r\n", "");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("openai-organization")).isEqualTo("alpha");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"})
    void theMethodIsThatOfTheRequestLine(String header) {
        String id = file(ALPHA, 10);

        Reply read = raw("GET /v1/files/" + id, KEY + header + ": DELETE\r\n", "");
        Reply asked = raw("GET /v1/files/" + id + "?_method=DELETE", KEY + header + ": DELETE\r\n", "");
        Reply posted = raw(
                "POST /v1/files/" + id + "?_method=DELETE",
                KEY + header + ": DELETE\r\nContent-Type: application/x-www-form-urlencoded\r\n",
                "_method=DELETE");

        assertThat(read.status()).isEqualTo(200);
        assertRefused(asked, 400, "unknown_parameter");
        assertRefused(posted, 405, "method_not_allowed");
        assertThat(get(ALPHA, "/v1/files/" + id).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "http://localhost:3000"})
    void noPageOfAnotherOriginReadsAnAnswer(String origin) {
        String preflight = "Origin: " + origin
                + "\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n";

        Reply asked = raw("OPTIONS /v1/files", preflight, "");
        Reply askedWithKey = raw("OPTIONS /v1/files", KEY + preflight, "");
        Reply read = raw("GET /v1/files", KEY + "Origin: " + origin + "\r\n", "");

        assertRefused(asked, 401, "invalid_api_key");
        assertRefused(askedWithKey, 403, "forbidden_origin");
        assertRefused(raw("OPTIONS /v1/nothing", KEY + preflight, ""), 403, "forbidden_origin");
        assertThat(log.lines()).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
        assertThat(askedWithKey.text().toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control-allow");
        assertThat(read.text().toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control-allow");
        assertThat(read.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(read.header("X-Frame-Options")).isEqualTo("DENY");
    }

    private static String lines(String escaped) {
        return escaped.replace("\\r", "\r").replace("\\n", "\n");
    }
}
