package dev.anneal.service.inference.grader;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An HTTP server on this machine that grades. */
final class LocalEndpoint implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final LocalServer server;

    /** What came in. */
    record Received(Map<String, List<String>> headers, String body) {

        String header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().get(0))
                    .findFirst()
                    .orElse("");
        }

        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    /** Answers a request. */
    @FunctionalInterface
    interface Answer {
        /** @param number of requests so far, this one among them */
        void to(HttpExchange exchange, Received request, int number) throws IOException;
    }

    LocalEndpoint(Answer answer) {
        server = new LocalServer(exchange -> {
            Received request = new Received(
                    Map.copyOf(exchange.getRequestHeaders()),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            int number;
            synchronized (received) {
                received.add(request);
                number = received.size();
            }
            answer.to(exchange, request, number);
        });
    }

    static void reply(HttpExchange exchange, int status, String body) throws IOException {
        LocalServer.answer(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    }

    /** @param completions that it is to score */
    GradingQuestion.OfEndpoint question(List<GradingQuestion.Completion> completions) {
        return new GradingQuestion.OfEndpoint(url("127.0.0.1"), Map.of("X-Key", "k"), null, completions);
    }

    String url(String host) {
        return "http://" + host + ":" + server.port() + "/grade";
    }

    List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        server.close();
    }
}
