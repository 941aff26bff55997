package dev.anneal.service.inference.grader;

import static dev.anneal.service.inference.grader.LocalEndpoint.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.Penetration;
import dev.anneal.protocol.GradingQuestion.Completion;
import dev.anneal.protocol.GradingQuestion.OfEndpoint;
import dev.anneal.protocol.GradingReply.Answer;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundProperties;
import dev.anneal.service.platform.outbound.WebhookSignature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Grading by a real HTTP server. */
class HttpEndpointClientTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String NEXT_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    /** As the command in docs/graders.md prints it. */
    private static final String SECRET_OF_ACME = "whsec_Bzlg5iSqR94GWFwFWEUPvRNx/TkUsTZf+38NHqi3/Lc=";

    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC);
    private static final List<Completion> ONE = List.of(new Completion(Map.of("answer", "a"), "{\"b\": 1}", List.of()));

    private static List<Answer> score(OfEndpoint question, String... allowed) {
        return score("acme", List.of(SECRET), question, allowed);
    }

    private static List<Answer> score(String tenant, List<String> secrets, OfEndpoint question, String... allowed) {
        GraderProperties properties =
                new GraderProperties(8, 2, secrets, Duration.ofMillis(600), 8, Duration.ofSeconds(60));
        try (OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of(allowed)));
                HttpEndpointClient client = new HttpEndpointClient(
                        new EndpointTransport(http, properties, CLOCK), properties, Duration.ofMillis(1))) {
            return client.score(tenant, question);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Answer score(LocalEndpoint server) {
        return score(server.question(ONE), "127.0.0.0/8").get(0);
    }

    @Test
    void completionsAreSentWithTheirRowsAndSigned() {
        try (LocalEndpoint server =
                new LocalEndpoint((exchange, request, number) -> reply(exchange, 200, "{\"score\": 0.25}"))) {
            assertThat(score(server)).isEqualTo(Answer.ofEndpoint(0.25));
            LocalEndpoint.Received request = server.received().get(0);
            assertThat(request.json().at("/sample/output_text").stringValue()).isEqualTo("{\"b\": 1}");
            assertThat(request.json().at("/sample/output_json/b").intValue()).isEqualTo(1);
            assertThat(request.json().at("/item/answer").stringValue()).isEqualTo("a");
            assertThat(request.json().at("/trace_id").stringValue()).isEqualTo(request.header("webhook-id"));
            assertThat(request.header("x-key")).isEqualTo("k");
            assertThat(request.header("content-type")).isEqualTo("application/json; charset=UTF-8");
            assertThat(request.header("webhook-timestamp")).isEqualTo("1700000000");
            assertThat(request.header("webhook-signature"))
                    .isEqualTo(new WebhookSignature(SECRET)
                            .ofTenant("acme")
                            .of(
                                    request.header("webhook-id"),
                                    1_700_000_000,
                                    request.body().getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Whoever knows its own secret cannot sign as the service does for another tenant. */
    @Penetration
    @Test
    void eachTenantHasItsOwnSecretAndOneBesideItDuringARotation() {
        try (LocalEndpoint server =
                new LocalEndpoint((exchange, request, number) -> reply(exchange, 200, "{\"score\": 1}"))) {
            score("acme", List.of(SECRET), server.question(ONE), "127.0.0.1");
            score("other", List.of(SECRET), server.question(ONE), "127.0.0.1");
            score("acme", List.of(NEXT_SECRET, SECRET), server.question(ONE), "127.0.0.1");

            assertThat(server.received().get(0))
                    .satisfies(request ->
                            assertThat(signatures(request)).containsExactly(signature(SECRET_OF_ACME, request)));
            assertThat(server.received().get(1))
                    .satisfies(request -> assertThat(signatures(request))
                            .hasSize(1)
                            .doesNotContain(signature(SECRET, request), signature(SECRET_OF_ACME, request)));
            assertThat(server.received().get(2))
                    .satisfies(request ->
                            assertThat(signatures(request)).hasSize(2).contains(signature(SECRET_OF_ACME, request)));
        }
    }

    private static List<String> signatures(LocalEndpoint.Received request) {
        return List.of(request.header("webhook-signature").split(" ", -1));
    }

    private static String signature(String secret, LocalEndpoint.Received request) {
        return new WebhookSignature(secret)
                .of(request.header("webhook-id"), 1_700_000_000, request.body().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void manyKeepTheirOrder() {
        List<Completion> completions = IntStream.range(0, 40)
                .mapToObj(i -> new Completion(Map.of(), Integer.toString(i), List.of()))
                .toList();
        try (LocalEndpoint server = new LocalEndpoint((exchange, request, number) -> {
            reply(
                    exchange,
                    200,
                    "{\"score\": " + request.json().at("/sample/output_text").stringValue() + "}");
        })) {
            List<Answer> replies = score(server.question(completions), "127.0.0.1");
            assertThat(replies)
                    .extracting(Answer::score)
                    .isEqualTo(IntStream.range(0, 40).mapToObj(i -> (double) i).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void whatMayPassIsTriedAgain(int status) {
        try (LocalEndpoint server = new LocalEndpoint((exchange, request, number) -> {
            exchange.getResponseHeaders().set("Retry-After", "0");
            reply(exchange, number < 3 ? status : 200, "{\"score\": 1}");
        })) {
            assertThat(score(server)).isEqualTo(Answer.ofEndpoint(1));
            assertThat(server.received()).hasSize(3);
            assertThat(server.received().stream().map(request -> request.header("webhook-id")))
                    .containsOnly(server.received().get(0).header("webhook-id"));
        }
    }

    @Test
    void triesEnd() {
        try (LocalEndpoint server =
                new LocalEndpoint((exchange, request, number) -> reply(exchange, 502, "secret of the inside"))) {
            assertThat(score(server)).isEqualTo(Answer.failed("the endpoint answered with status 502, in 3 tries"));
        }
    }

    @Penetration
    @Test
    void anEndpointThatIsSlowOrTricklesIsGivenUp() {
        try (LocalEndpoint server = new LocalEndpoint((exchange, request, number) -> {
            exchange.sendResponseHeaders(200, 1_000);
            try {
                for (int i = 0; i < 1_000; i++) {
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                    Thread.sleep(50);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            long start = System.nanoTime();
            assertThat(score(server).failure()).isEqualTo("the endpoint gave no answer within 0 s, in 3 tries");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Penetration
    @ParameterizedTest
    @ValueSource(ints = {204, 301, 302, 307, 400, 401, 404})
    void whatWillNotPassIsNotTriedAgainNorFollowed(int status) {
        try (LocalEndpoint server = new LocalEndpoint((exchange, request, number) -> {
            exchange.getResponseHeaders().set("Location", "/other");
            reply(exchange, status, "");
        })) {
            assertThat(score(server).failure())
                    .isEqualTo("the endpoint answered with status " + status + " instead of 200");
            assertThat(server.received()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "score",
                "[]",
                "{}",
                "{\"score\": \"1\"}",
                "{\"score\": null}",
                "{\"score\": NaN}",
                "{\"score\": 1e999}",
                "0.5"
            })
    void answersWithoutAScoreAreNone(String body) {
        try (LocalEndpoint server = new LocalEndpoint((exchange, request, number) -> reply(exchange, 200, body))) {
            Answer reply = score(server);
            assertThat(reply.score()).isNull();
            assertThat(reply.failure()).startsWith("the endpoint's answer ");
        }
    }

    @Penetration
    @Test
    void longAnswersAreNotRead() {
        try (LocalEndpoint server = new LocalEndpoint((exchange, request, number) ->
                reply(exchange, 200, "{\"score\": 1, \"x\": \"" + "x".repeat(70_000) + "\"}"))) {
            assertThat(score(server).failure()).isEqualTo("the endpoint's answer has more than 65536 bytes");
        }
    }

    /** Answers that never end are not downloaded until the deadline. */
    @Penetration
    @ParameterizedTest
    @CsvSource({
        "200, 1, the endpoint's answer has more than 65536 bytes",
        "404, 1, the endpoint answered with status 404 instead of 200",
        "503, 3, 'the endpoint answered with status 503, in 3 tries'"
    })
    void endlessAnswersAreHungUpOn(int status, int requests, String failure) {
        AtomicLong sent = new AtomicLong();
        try (LocalEndpoint server = new LocalEndpoint((exchange, request, number) -> {
            exchange.sendResponseHeaders(status, 0);
            byte[] more = " ".repeat(8_192).getBytes(StandardCharsets.UTF_8);
            while (true) {
                exchange.getResponseBody().write(more);
                sent.addAndGet(more.length);
            }
        })) {
            assertThat(score(server).failure()).isEqualTo(failure);
            assertThat(server.received()).hasSize(requests);
            assertThat(sent).as("with what waits in sockets").hasValueLessThan(requests * (16L << 20));
        }
    }

    @Test
    void connectionsAreUsedAgain() {
        Set<Integer> ports = ConcurrentHashMap.newKeySet();
        List<Completion> completions = IntStream.range(0, 40)
                .mapToObj(i -> new Completion(Map.of(), "", List.of()))
                .toList();
        try (LocalEndpoint server = new LocalEndpoint((exchange, request, number) -> {
            ports.add(exchange.getRemoteAddress().getPort());
            reply(exchange, 200, "{\"score\": 1}");
        })) {
            assertThat(score(server.question(completions), "127.0.0.1")).containsOnly(Answer.ofEndpoint(1));
            assertThat(ports).hasSizeLessThanOrEqualTo(8);
        }
    }

    /** #5: an address of the installation's own network is not connected to, by number or by name. */
    @Penetration
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"})
    void addressesOfTheInsideAreNotReached(String host) {
        try (LocalEndpoint server =
                new LocalEndpoint((exchange, request, number) -> reply(exchange, 200, "{\"score\": 1}"))) {
            Answer reply = score(new OfEndpoint(server.url(host), Map.of(), null, ONE), "10.0.0.0/8")
                    .get(0);
            assertThat(reply.score()).isNull();
            assertThat(server.received()).isEmpty();
        }
    }

    @Penetration
    @Test
    void metadataAndPrivateAddressesAreNamedAsRefused() {
        for (String host : List.of(
                "169.254.169.254", "10.0.0.1", "192.168.0.1", "172.16.0.1", "[fd00::1]", "[fe80::1]", "100.64.0.1")) {
            Answer reply = score(new OfEndpoint("http://" + host + "/", Map.of(), null, ONE))
                    .get(0);
            assertThat(reply.failure())
                    .as(host)
                    .startsWith("the endpoint has an address that this service may not connect to");
        }
    }

    @Test
    void theRateIsKept() {
        List<Completion> completions = IntStream.range(0, 6)
                .mapToObj(i -> new Completion(Map.of(), "", List.of()))
                .toList();
        try (LocalEndpoint server =
                new LocalEndpoint((exchange, request, number) -> reply(exchange, 200, "{\"score\": 1}"))) {
            long start = System.nanoTime();
            score(new OfEndpoint(server.url("127.0.0.1"), Map.of(), 20, completions), "127.0.0.1");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(249));
        }
    }

    @Test
    void anEndpointThatIsNotThereIsNoAnswer() {
        LocalEndpoint server = new LocalEndpoint((exchange, request, number) -> reply(exchange, 200, ""));
        OfEndpoint question = server.question(ONE);
        server.close();
        assertThat(score(question, "127.0.0.1").get(0).failure())
                .startsWith("the endpoint could not be reached: ")
                .endsWith(", in 3 tries");
    }
}
