package dev.anneal.service.storage.s3;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Stands before the S3 server, writes down what is asked, and gives wrong answers when it is told to. */
final class FaultyProxy implements AutoCloseable {

    /** The JDK's client sets these itself. */
    private static final Set<String> OWN_HEADERS =
            Set.of("host", "content-length", "connection", "expect", "upgrade", "http2-settings");

    private final LocalServer server = new LocalServer(this::handle);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI target;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

    FaultyProxy(URI target) {
        this.target = target;
    }

    /** A request as it came. */
    record Asked(String method, String path, boolean isAuthorized) {}

    /**
     * A wrong answer.
     *
     * @param status HTTP status; 0 for the true answer, cut off after {@code bytes}
     */
    private record Fault(Predicate<Asked> concerns, int status, String code, int bytes) {}

    URI endpoint() {
        return server.uri();
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** The next request that this concerns gets an error in the form of S3. */
    void refuseNext(Predicate<Asked> concerns, int status, String code) {
        faults.add(new Fault(concerns, status, code, 0));
    }

    /** The next answer that this concerns breaks off. */
    void cutNext(Predicate<Asked> concerns, int bytes) {
        faults.add(new Fault(concerns, 0, "", bytes));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Asked request = new Asked(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders().containsKey("Authorization"));
            asked.add(request);
            byte[] body = exchange.getRequestBody().readAllBytes();
            Fault fault = faults.stream()
                    .filter(each -> each.concerns().test(request))
                    .findFirst()
                    .orElse(null);
            if (fault != null) {
                faults.remove(fault);
            }
            if (fault != null && fault.status() != 0) {
                refuse(exchange, fault);
            } else {
                forward(exchange, body, fault == null ? Integer.MAX_VALUE : fault.bytes());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void refuse(HttpExchange exchange, Fault fault) throws IOException {
        byte[] answer =
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>told to</Message></Error>"
                        .formatted(fault.code())
                        .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(fault.status(), isHead ? -1 : answer.length);
        if (!isHead) {
            exchange.getResponseBody().write(answer);
        }
    }

    private void forward(HttpExchange exchange, byte[] body, int bytes) throws IOException, InterruptedException {
        URI uri = URI.create(target + exchange.getRequestURI().toString());
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!OWN_HEADERS.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        answer.headers().map().forEach((name, values) -> {
            if (!name.equalsIgnoreCase("transfer-encoding") && !name.equalsIgnoreCase("content-length")) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        send(exchange, answer, bytes);
    }

    private static void send(HttpExchange exchange, HttpResponse<byte[]> answer, int bytes) throws IOException {
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        byte[] content = answer.body();
        if (isHead) {
            answer.headers()
                    .firstValue("Content-Length")
                    .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
        }
        exchange.sendResponseHeaders(answer.statusCode(), isHead || content.length == 0 ? -1 : content.length);
        if (!isHead && content.length > 0) {
            OutputStream out = exchange.getResponseBody();
            out.write(content, 0, Math.min(bytes, content.length));
            out.flush();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
