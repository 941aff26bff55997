package dev.anneal.service.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.service.LocalServer;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.access.tenant.ApiKeys;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.inference.DraftChoice;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.GenerationRequest;
import dev.anneal.service.inference.TextGenerator;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** A process without the role inference hands requests on, and the answers back as they come. */
class ForwardingIT extends ServiceTest {

    private static final String CHATS = "/v1/chat/completions";
    private static final String BODY = "{'model': 'anneal-tiny', 'messages': [{'role': 'user', 'content': 'Hi'}]}";
    private static final GenerationRequest QUESTION = new GenerationRequest(
            "anneal-tiny",
            new ServeRequest.Input.Chat("{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}"),
            new ServeRequest.Decoding(1, 3, 0, 0, 1, 0, 9, List.of(), List.of(), null));
    private static final List<String> HTTP_BODIES =
            List.of("", ", 'anneal': {'draft': null}", ", 'anneal': {'draft': 'ft:a'}");
    private static final LocalServer OTHER = new LocalServer(ForwardingIT::answer);

    private static volatile Answering answering = exchange -> {};

    @Autowired
    private TextGenerator generator;

    @Autowired
    private ApiKeys keys;

    /** What the other process does. */
    private interface Answering {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    @DynamicPropertySource
    static void url(DynamicPropertyRegistry registry) {
        registry.add("anneal.inference.url", () -> OTHER.uri() + "/");
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            answering.answer(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void answerNothing() {
        answering = exchange -> {};
    }

    @AfterAll
    static void stop() {
        OTHER.close();
    }

    @Test
    void keyBodyAndPathAreHandedOnAndRefusalsBack() {
        CompletableFuture<String> seen = new CompletableFuture<>();
        answering = exchange -> {
            seen.complete(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.getResponseHeaders().add("Retry-After", "3");
            byte[] body =
                    "{\"error\": {\"message\": \"m\", \"type\": \"rate_limit_error\", \"param\": null, \"code\": \"queue_full\"}}"
                            .getBytes(UTF_8);
            LocalServer.answer(exchange, 429, body);
        };

        HttpResponse<String> answer = post(ALPHA, CHATS, BODY);

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("retry-after")).contains("3");
        assertThat(json(answer).at("/error/code").asString()).isEqualTo("queue_full");
        assertThat(seen.join())
                .isEqualTo(CHATS + " Bearer alpha-key-0123456789 "
                        + "{\"model\":\"anneal-tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    }

    /** Null is a wish of its own: no draft, not the default one. */
    @Test
    void theDraftIsHandedOnByClientsAndByGraders() {
        List<String> seen = new CopyOnWriteArrayList<>();
        answering = exchange -> {
            JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
            seen.add(String.valueOf(body.get("anneal")));
            LocalServer.answer(exchange, 200, "{\"usage\": {}, \"choices\": []}".getBytes(UTF_8));
        };

        HTTP_BODIES.forEach(anneal -> send(
                request(ALPHA, CHATS)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                BODY.replace("}]}", "}]" + anneal + "}").replace('\'', '"'))),
                HttpResponse.BodyHandlers.ofString()));
        for (DraftChoice draft : List.of(DraftChoice.DEFAULT, DraftChoice.NONE, DraftChoice.of("ft:a"))) {
            generator.generate(
                    ALPHA, new GenerationRequest(QUESTION.model(), QUESTION.input(), null, draft, QUESTION.decoding()));
        }

        assertThat(seen)
                .containsExactly(
                        "null",
                        "{\"draft\":null}",
                        "{\"draft\":\"ft:a\"}",
                        "null",
                        "{\"draft\":null}",
                        "{\"draft\":\"ft:a\"}");
    }

    /** The second event is sent once the first has been read. */
    @Test
    void streamsPassThroughAsTheyCome() throws Exception {
        CountDownLatch firstRead = new CountDownLatch(1);
        answering = exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("data: {}\n\n".getBytes(UTF_8));
            exchange.getResponseBody().flush();
            if (firstRead.await(30, TimeUnit.SECONDS)) {
                exchange.getResponseBody().write("data: [DONE]\n\n".getBytes(UTF_8));
            }
        };

        HttpResponse<InputStream> answer = send(
                request(ALPHA, CHATS)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(BODY.replace('\'', '"'))),
                HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
            assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
            assertThat(lines.readLine()).isEqualTo("data: {}");
            firstRead.countDown();
            assertThat(lines.readLine()).isEmpty();
            assertThat(lines.readLine()).isEqualTo("data: [DONE]");
        }
    }

    /** What graders of a worker do, with a key that is made for a tenant which has none. */
    @Test
    void theServicesOwnRequestsAreHandedOnAsWell() {
        CompletableFuture<String> seen = new CompletableFuture<>();
        answering = exchange -> {
            seen.complete(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            byte[] body =
                    "{\"choices\": [{\"message\": {\"content\": \"yes\"}, \"finish_reason\": \"stop\"}], \"usage\": {\"prompt_tokens\": 5, \"completion_tokens\": 2}}"
                            .getBytes(UTF_8);
            LocalServer.answer(exchange, 200, body);
        };

        Generation.Whole whole = generator.generate("team-of-tokens", QUESTION);

        assertThat(whole.choices())
                .containsExactly(
                        new Generation.Choice("yes", List.of(), "stop", new ServeReply.TokenCounts(0, 2, 0, 0)));
        assertThat(whole.promptTokens()).isEqualTo(5);
        assertThat(seen.join()).startsWith(CHATS + " Bearer anks_").contains("\"max_tokens\":3", "\"seed\":9");
        Principal asking = keys.principalOf(seen.join().split(" ")[2]).orElseThrow();
        assertThat(asking.tenant()).isEqualTo(new Tenant("team-of-tokens"));
        assertThat(asking.scopes()).containsExactly(Scope.INFERENCE);
    }

    /** As after its row was removed: the generating process does not know it. */
    @Test
    void aRefusedKeyIsReplacedOnce() {
        List<String> offered = new CopyOnWriteArrayList<>();
        answering = exchange -> {
            offered.add(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = "{\"error\": {\"message\": \"m\", \"code\": \"invalid_api_key\"}}".getBytes(UTF_8);
            LocalServer.answer(exchange, 401, body);
        };

        assertThatThrownBy(() -> generator.generate("team-refused", QUESTION))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.INVALID_API_KEY));
        assertThat(offered).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aProcessThatBreaksOffIsSaidToBeUnreachable() {
        HttpResponse<String> answer = post(ALPHA, CHATS, BODY);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(json(answer).at("/error/code").asString()).isEqualTo("service_unavailable");
        assertThat(answer.body()).contains("anneal.inference.url");
    }

    @Test
    void whatWasHandedOnOnceIsNotHandedOnAgain() {
        HttpResponse<String> answer = send(request(ALPHA, CHATS)
                .header("Content-Type", "application/json")
                .header("anneal-forwarded", "1")
                .POST(HttpRequest.BodyPublishers.ofString(BODY.replace('\'', '"'))));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("anneal.roles");
    }
}
