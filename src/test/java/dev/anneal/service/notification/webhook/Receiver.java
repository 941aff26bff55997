package dev.anneal.service.notification.webhook;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP server on this machine that is told of events. */
public final class Receiver implements AutoCloseable {

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final LocalServer server;

    /** What came in. */
    public record Received(Headers headers, String body) {

        public String header(String name) {
            return String.valueOf(headers.getFirst(name));
        }
    }

    /** Answers a request. */
    @FunctionalInterface
    public interface Answer {
        /** @param number of requests so far, this one among them */
        void to(HttpExchange exchange, int number) throws IOException;
    }

    public Receiver(Answer answer) {
        server = new LocalServer(exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int number;
            synchronized (received) {
                received.add(new Received(exchange.getRequestHeaders(), body));
                number = received.size();
            }
            answer.to(exchange, number);
            exchange.close();
        });
    }

    /** Answers the first requests with these statuses, and all others with the last of them. */
    public static Receiver answering(int... statuses) {
        return new Receiver((exchange, number) ->
                exchange.sendResponseHeaders(statuses[Math.min(number, statuses.length) - 1], -1));
    }

    public String url() {
        return server.uri() + "/hook";
    }

    public List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        server.close();
    }
}
