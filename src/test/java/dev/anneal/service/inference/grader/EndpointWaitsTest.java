package dev.anneal.service.inference.grader;

import static dev.anneal.service.inference.grader.LocalEndpoint.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.GradingQuestion.Completion;
import dev.anneal.protocol.GradingQuestion.OfEndpoint;
import dev.anneal.protocol.GradingReply.Answer;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundProperties;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What one endpoint makes its completions wait for does not make others wait: here there is one thread to send with.
 */
@Timeout(30)
class EndpointWaitsTest {

    private static final Duration LONG = Duration.ofSeconds(5);
    private static final List<Completion> ONE = List.of(new Completion(Map.of(), "", List.of()));

    private final LinkedBlockingQueue<Integer> requests = new LinkedBlockingQueue<>();
    private final ExecutorService asking = Executors.newSingleThreadExecutor();
    private final OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of("127.0.0.1")));
    private final HttpEndpointClient client;

    EndpointWaitsTest() {
        GraderProperties properties =
                new GraderProperties(1, 3, List.of(), Duration.ofSeconds(20), 8, Duration.ofSeconds(60));
        client = new HttpEndpointClient(new EndpointTransport(http, properties, Clock.systemUTC()), properties, LONG);
    }

    private static List<Completion> copies(int count) {
        return Collections.nCopies(count, ONE.get(0));
    }

    @AfterEach
    void close() throws IOException {
        asking.shutdownNow();
        client.close();
        http.close();
    }

    private LocalEndpoint answering(int status) {
        return new LocalEndpoint((exchange, request, number) -> {
            reply(exchange, status, "{\"score\": 1}");
            requests.add(number);
        });
    }

    /** Asks another endpoint while completions wait for this one. */
    private void anotherIsAskedBeside(OfEndpoint waiting) throws Exception {
        Future<List<Answer>> replies = asking.submit(() -> client.score("acme", waiting));
        requests.take();
        try (LocalEndpoint other = answering(200)) {
            long start = System.nanoTime();
            assertThat(client.score("acme", other.question(ONE))).containsExactly(Answer.ofEndpoint(1));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG.minusSeconds(2));
            assertThat(replies.isDone()).isFalse();
        }
    }

    @Test
    void aPaceOccupiesNoThread() throws Exception {
        try (LocalEndpoint slow = answering(200)) {
            anotherIsAskedBeside(new OfEndpoint(slow.url("127.0.0.1"), Map.of(), 1, copies(8)));
        }
    }

    @Test
    void aRetryOccupiesNoThreadWhileItWaits() throws Exception {
        try (LocalEndpoint busy = answering(503)) {
            anotherIsAskedBeside(busy.question(copies(8)));
        }
    }

    @Test
    void whoIsStoppedBeforeSendsNothing() {
        try (LocalEndpoint endpoint = answering(200)) {
            Thread.currentThread().interrupt();
            List<Answer> replies = client.score("acme", endpoint.question(copies(40)));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(replies).hasSize(40).containsOnly(Answer.failed("grading was stopped"));

            assertThat(client.score("acme", endpoint.question(ONE))).containsExactly(Answer.ofEndpoint(1));
            assertThat(endpoint.received()).hasSize(1);
        }
    }

    /** The second one waits for the thread, and would have it before the other endpoint. */
    @Test
    void whatNobodyWaitsForIsNotSent() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        try (LocalEndpoint slow = new LocalEndpoint((exchange, request, number) -> {
                    requests.add(number);
                    reply(exchange, 200, answer.join());
                });
                LocalEndpoint other = answering(200)) {
            Thread interrupted = new Thread(() -> client.score("acme", slow.question(copies(2))));
            interrupted.start();
            requests.take();
            interrupted.interrupt();
            interrupted.join();
            answer.complete("{\"score\": 1}");

            assertThat(client.score("acme", other.question(ONE))).containsExactly(Answer.ofEndpoint(1));
            assertThat(slow.received()).hasSize(1);
        }
    }
}
