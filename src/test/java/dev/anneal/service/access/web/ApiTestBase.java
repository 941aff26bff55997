package dev.anneal.service.access.web;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.anneal.AnnealApplication;
import dev.anneal.service.platform.database.PostgresTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API as clients meet it: over HTTP on a port of its own, with the role api alone, on an empty database. */
@PostgresTest
@SpringBootTest(
        classes = AnnealApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "anneal.roles=api",
            "anneal.home=target/test-${anneal.test.fork:1}/home",
            // Tests that walk all routes without a key.
            "anneal.rate-limits.failed-authentications-per-minute=0",
            "anneal.rate-limits.all-failed-authentications-per-minute=0",
            "management.server.port=0"
        })
public abstract class ApiTestBase {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    @LocalServerPort
    private int port;

    /** OpenAI's client, which refuses whatever its types do not allow. */
    protected OpenAIClient openAi() {
        return openAi("an installation without keys takes any");
    }

    protected OpenAIClient openAi(String apiKey) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(uri("/v1").toString())
                .apiKey(apiKey)
                .responseValidation(true)
                .build();
    }

    protected URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    protected Answer get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    protected Answer delete(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).DELETE());
    }

    /** @param body JSON, or null for an empty body without a type */
    protected Answer post(String path, @Nullable String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        return send(
                body == null
                        ? request.POST(HttpRequest.BodyPublishers.noBody())
                        : request.header("content-type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Sends the request; an answer that is not as the description of the API says fails the test. */
    protected static Answer send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpResponse<String> response = CLIENT.send(builder.build(), HttpResponse.BodyHandlers.ofString());
        if (response.request().uri().getPath().startsWith("/v1/")) {
            ApiDescription.assertDescribes(response);
        }
        return new Answer(response);
    }

    /** A response with its body as text. */
    public record Answer(HttpResponse<String> response) {

        public int status() {
            return response.statusCode();
        }

        public String body() {
            return response.body();
        }

        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        /** The value of {@code error.code}. */
        public String errorCode() {
            return json().at("/error/code").asString();
        }

        public @Nullable String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }
    }
}
