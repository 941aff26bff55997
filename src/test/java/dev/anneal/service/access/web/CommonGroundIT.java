package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.Penetration;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.request.StrictObject;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** What holds for every path, seen on a controller made for it: envelope, headers, JSON rules, list parameters. */
@PostgresTest
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        // The probe of liveness names the worker's heartbeats, which are not part of this.
        properties = {"management.server.port=0", "management.endpoint.health.validate-group-membership=false"})
class CommonGroundIT {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Test
    void unknownPathHasTheEnvelopeAndARequestId() throws Exception {
        HttpResponse<String> answer = send("GET", "/v1/nothing", null);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"error\":{\"message\":\"Unknown request URL: GET /v1/nothing\",\"type\":\"invalid_request_error\","
                                + "\"param\":null,\"code\":\"not_found\"}}");
        assertThat(answer.headers().firstValue("x-request-id")).get().asString().matches("req_[0-9a-f]{32}");
        assertThat(answer.headers().firstValue("openai-version")).contains("2020-10-01");
        assertThat(answer.headers().firstValue("openai-organization")).contains("default");
        assertThat(answer.headers().firstValue("openai-processing-ms"))
                .get()
                .asString()
                .matches("[0-9]+");
    }

    @Penetration
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /probe/echo            |                             | 405 | method_not_allowed     |
            POST   | /probe/echo            |                             | 400 | invalid_json           |
            POST   | /probe/echo            | {"name": "a"                | 400 | invalid_json           |
            POST   | /probe/echo            | {"name": "a"} x             | 400 | invalid_json           |
            POST   | /probe/echo            | []                          | 400 | invalid_json           |
            POST   | /probe/echo            | {"nmae": "a"}               | 400 | unknown_parameter      | nmae
            POST   | /probe/echo            | {"inner": {"rnak": 1}}      | 400 | unknown_parameter      | inner.rnak
            POST   | /probe/echo            | {"name": 7}                 | 400 | invalid_value          | name
            POST   | /probe/echo            | {"name": "a\\u0000"}         | 400 | invalid_value          | name
            POST   | /probe/echo            | {"inner": {"a\\u0000": 1}}   | 400 | invalid_value          | inner
            POST   | /probe/echo            | {"inner": {"rank": "7"}}    | 400 | invalid_value          | inner.rank
            POST   | /probe/echo            | {"inner": {"rank": 7.0}}    | 400 | invalid_value          | inner.rank
            POST   | /probe/echo            | {"inner": {"rank": 1e99}}   | 400 | invalid_value          | inner.rank
            POST   | /probe/echo            | {"inner": {"rank": 0}}      | 400 | invalid_value          | inner.rank
            POST   | /probe/echo            | {"name": "a", "name": "b"}  | 400 | invalid_json           |
            GET    | /probe/list?limit=0    |                             | 400 | invalid_value          | limit
            GET    | /probe/list?limit=51   |                             | 400 | invalid_value          | limit
            GET    | /probe/list?limit=x    |                             | 400 | invalid_value          | limit
            GET    | /probe/list?order=up   |                             | 400 | invalid_value          | order
            GET    | /probe/list?after=%00  |                             | 400 | invalid_value          | after
            GET    | /probe/number?n=x      |                             | 400 | invalid_value          | n
            GET    | /probe/refused         |                             | 409 | job_already_final      | job_id
            GET    | /probe/fails           |                             | 500 | internal_error         |
            GET    | /error                 |                             | 404 | not_found              |
            GET    | /probe/models/a;b      |                             | 400 | invalid_value          |
            """)
    void failureNamesItsCodeAndParameter(
            String method, String path, @Nullable String body, int status, String code, @Nullable String parameter)
            throws Exception {
        HttpResponse<String> answer = send(method, path, body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("application/json");
        assertThat(answer.body())
                .startsWith("{\"error\":{\"message\":\"")
                .contains("\"code\":\"" + code + "\"")
                .contains(parameter == null ? "\"param\":null" : "\"param\":\"" + parameter + "\"");
    }

    @Test
    void conflictSaysThatRetryingIsPointless() throws Exception {
        assertThat(send("GET", "/probe/refused", null).headers().firstValue("x-should-retry"))
                .contains("false");
    }

    @Penetration
    @Test
    void unexpectedFailureTellsNothingOfItsCause() throws Exception {
        assertThat(send("GET", "/probe/fails", null).body()).doesNotContain("secret");
    }

    @Test
    void malformedJsonIsLocated() throws Exception {
        assertThat(send("POST", "/probe/echo", "{\n \"name\": \"a\n").body()).contains("line 2, column ");
    }

    @Test
    void bodyOfAnotherTypeIsRefused() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/probe/echo"))
                .header("content-type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("name"))
                .build();

        HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(answer.body()).contains("unsupported_media_type");
    }

    @Test
    void errorIsWrittenWhateverTheClientAccepts() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/probe/refused"))
                .header("accept", "application/binary")
                .build();

        HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).startsWith("{\"error\"");
    }

    @Penetration
    @Test
    void bodyBeyondTheLimitIsRefusedWithAndWithoutAnnouncedLength() throws Exception {
        byte[] body = new byte[(1 << 20) + 1];
        HttpRequest announced = HttpRequest.newBuilder(uri("/probe/echo"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpRequest chunked = HttpRequest.newBuilder(uri("/probe/echo"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> spacesFor(body)))
                .build();

        for (HttpRequest request : List.of(announced, chunked)) {
            HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
            assertThat(answer.body()).contains("request_too_large");
        }
    }

    @Test
    void slashInAnIdMayBeEncoded() throws Exception {
        assertThat(send("GET", "/probe/models/Qwen%2FQwen3-8B:x", null).body())
                .isEqualTo("{\"model\":\"Qwen/Qwen3-8B:x\"}");
    }

    @Test
    void jsonHasSnakeCaseNullsIntegersAndNoNaN() throws Exception {
        assertThat(send("POST", "/probe/echo", "{\"inner\":{\"rank\":8}}").body())
                .isEqualTo("{\"name\":null,\"inner\":{\"rank\":8,\"learning_rate\":null},\"created_at\":1700000000}");
    }

    @Test
    void listHasItsDefaultLimitAndNullIds() throws Exception {
        assertThat(send("GET", "/probe/list", null).body())
                .isEqualTo(
                        "{\"object\":\"list\",\"data\":[\"20\"],\"first_id\":\"20\",\"last_id\":\"20\",\"has_more\":false}");
    }

    @Penetration
    @Test
    void requestThatTheContainerRefusesHasTheEnvelopeAndARequestId() throws Exception {
        String answer = sendRaw("GET /a\\b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .contains("{\"error\":{\"message\":")
                .containsPattern("x-request-id: req_[0-9a-f]{32}");
    }

    @Test
    void answerThatFailsOnItsWayIsCutOff() throws Exception {
        for (String how : List.of("refused", "unexpected")) {
            String answer = sendRaw(
                    "GET /probe/breaks?how=" + how + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            // Without the chunk that ends a body, a client knows that some is missing.
            assertThat(answer)
                    .startsWith("HTTP/1.1 200")
                    .contains("xxx")
                    .doesNotContain("error")
                    .doesNotEndWith("\r\n0\r\n\r\n");
        }
    }

    @Test
    void answerThatFailsBeforeItsFirstByteIsAnErrorAlone() throws Exception {
        HttpResponse<String> answer = send("GET", "/probe/fails-late", null);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).startsWith("{\"error\"").endsWith("}}");
        assertThat(answer.headers().map()).doesNotContainKeys("etag", "content-disposition");
    }

    @Penetration
    @ParameterizedTest
    @CsvSource({
        "evil.example, , 403, forbidden_host",
        "localhost, https://evil.example, 403, forbidden_origin",
        "localhost, null, 403, forbidden_origin",
        "localhost, http://localhost.evil.example, 403, forbidden_origin",
        "localhost, http://localhost:3000, 404, not_found",
        "127.0.0.1, , 404, not_found",
        "[::1], , 404, not_found",
    })
    void withoutKeysOnlyThisMachineIsServed(String host, @Nullable String origin, int status, String code)
            throws Exception {
        String answer = sendRaw("GET /v1/nothing HTTP/1.1\r\nHost: " + host + "\r\n"
                + (origin == null ? "" : "Origin: " + origin + "\r\n") + "Connection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status).contains("\"code\":\"" + code + "\"");
    }

    private static InputStream spacesFor(byte[] body) {
        Arrays.fill(body, (byte) ' ');
        return new ByteArrayInputStream(body);
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private HttpResponse<String> send(String method, String path, @Nullable String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .header("content-type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String sendRaw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The web and security modules alone, with a controller to ask. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ComponentScan({
        "dev.anneal.service.platform.database",
        "dev.anneal.service.platform.outbound",
        "dev.anneal.service.access.ratelimit",
        "dev.anneal.service.access.web",
        "dev.anneal.service.access.security",
        "dev.anneal.service.access.tenant"
    })
    @ConfigurationPropertiesScan({
        "dev.anneal.service.platform.database",
        "dev.anneal.service.platform.outbound",
        "dev.anneal.service.access.ratelimit",
        "dev.anneal.service.access.security",
        "dev.anneal.service.access.web",
        "dev.anneal.service.access.tenant"
    })
    @Import(Probe.class)
    static class Application {}

    /** Answer of the probe. */
    record Echo(
            @Nullable String name,
            @Nullable Inner inner,
            @Nullable Long createdAt) {}

    /** A nested object. */
    record Inner(@Nullable Integer rank, @Nullable Double learningRate) {

        static Inner read(StrictObject object) {
            Inner inner = new Inner(object.wholeNumber("rank", 1, 512), Double.NaN);
            object.refuseOthers();
            return inner;
        }
    }

    /** Does what the tests ask. */
    @RestController
    @RequestMapping("/probe")
    static class Probe {

        @PostMapping(path = "/echo", consumes = MediaType.APPLICATION_JSON_VALUE)
        @RequiresScope(Scope.FILES_READ)
        Echo echo(Tenant tenant, @RequestBody JsonNode body) {
            assertThat(tenant).isEqualTo(Tenant.DEFAULT);
            StrictObject object = JsonBody.of(body).object();
            StrictObject inner = object.object("inner");
            Echo echo = new Echo(object.text("name"), inner == null ? null : Inner.read(inner), 1_700_000_000L);
            object.refuseOthers();
            return echo;
        }

        @GetMapping("/number")
        @RequiresScope(Scope.FILES_READ)
        Map<String, Integer> number(@RequestParam int n) {
            return Map.of("n", n);
        }

        @GetMapping("/breaks")
        @RequiresScope(Scope.FILES_READ)
        void breaks(@RequestParam String how, HttpServletResponse response) throws IOException {
            response.getOutputStream().write("x".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
            if (how.equals("refused")) {
                refused();
            }
            fails();
        }

        @GetMapping("/fails-late")
        @RequiresScope(Scope.FILES_READ)
        void failsLate(HttpServletResponse response) throws IOException {
            response.setContentLengthLong(1000);
            response.setHeader("ETag", "\"tag\"");
            response.setHeader("Content-Disposition", "attachment");
            response.getOutputStream().write("x".repeat(10).getBytes(StandardCharsets.US_ASCII));
            fails();
        }

        @GetMapping("/list")
        @RequiresScope(Scope.FILES_READ)
        ListBody<String> list(@PageLimits(byDefault = 20, max = 50) PageRequest page) {
            return ListBody.of(Page.of(List.of(Integer.toString(page.limit())), page), text -> text);
        }

        @GetMapping("/refused")
        @RequiresScope(Scope.FILES_READ)
        void refused() {
            throw new Refusal(RefusalCode.JOB_ALREADY_FINAL, "The job has ended.", "job_id");
        }

        @GetMapping("/fails")
        @RequiresScope(Scope.FILES_READ)
        void fails() {
            throw new IllegalStateException("secret");
        }

        @GetMapping("/models/{model}")
        @RequiresScope(Scope.FILES_READ)
        Map<String, String> model(@PathVariable String model) {
            return Map.of("model", model);
        }
    }
}
