package dev.anneal.service.webhook;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on this machine that is told of events. */
public final class Receiver implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final HttpServer server;

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
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        } catch (IOException e) {
            throw new AssertionError("no server", e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int number;
            synchronized (received) {
                received.add(new Received(exchange.getRequestHeaders(), body));
                number = received.size();
            }
            answer.to(exchange, number);
            exchange.close();
        });
        server.start();
    }

    /** Answers the first requests with these statuses, and all others with the last of them. */
    public static Receiver answering(int... statuses) {
        return new Receiver((exchange, number) ->
                exchange.sendResponseHeaders(statuses[Math.min(number, statuses.length) - 1], -1));
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    public List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
