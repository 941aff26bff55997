package dev.anneal.service.results.push;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What takes pushes as the Hugging Face Hub does, and gives them back, with the storage of large files at another
 * origin. It refuses what huggingface_hub does not send: {@code src/test/hub/run.sh} holds it against that client.
 */
final class PushServer implements AutoCloseable {

    static final String TOKEN = "hf_operators-token";
    static final int CHUNK_BYTES = 100_000;

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A request that was seen.
     *
     * @param headers by lower-case name
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Seen(String server, String method, String path, String query, Map<String, String> headers, byte[] body) {

        @Nullable
        String authorization() {
            return headers.get("authorization");
        }

        /** Without parameters, or empty. */
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "").split(";", 2)[0];
        }

        JsonNode json() {
            return JSON.readTree(body);
        }

        List<JsonNode> lines() {
            return new String(body, StandardCharsets.UTF_8)
                    .lines()
                    .map(JSON::readTree)
                    .toList();
        }
    }

    private final LocalServer hub = new LocalServer(exchange -> answer(exchange, "hub"));
    private final LocalServer storage = new LocalServer(exchange -> answer(exchange, "storage"));
    private final LargeFiles large = new LargeFiles(CHUNK_BYTES);
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    final PushedRepositories repositories = new PushedRepositories(large);

    /**
     * Answers with {@link #status} and {@link #reason} before the first good one, to paths that contain
     * {@link #failing}.
     */
    final AtomicInteger failures = new AtomicInteger();

    volatile int status;
    volatile String reason = "";
    volatile String failing = "";
    volatile boolean wantsParts;

    /** What happens while it is asked. */
    volatile Runnable meanwhile = () -> {};

    URI uri() {
        return hub.uri();
    }

    /** The storage by another name: clients send the token to every port of the Hub's host. */
    private URI downloads() {
        return URI.create("http://localhost:" + storage.port());
    }

    /** As new, but for what is set after this. */
    void forget() {
        repositories.forget();
        large.forget();
        seen.clear();
        failures.set(0);
        reason = "";
        failing = "";
        wantsParts = false;
        meanwhile = () -> {};
    }

    List<Seen> seen() {
        return List.copyOf(seen);
    }

    List<Seen> seen(String server) {
        return seen.stream().filter(each -> each.server().equals(server)).toList();
    }

    byte[] object(String oid) {
        byte[] object = large.object(oid);
        return object == null ? new byte[0] : object;
    }

    /** Those that came with commits, oldest first. */
    List<Seen> commits() {
        return seen.stream().filter(each -> each.path().contains("/commit/")).toList();
    }

    private void answer(HttpExchange exchange, String server) throws IOException {
        try (exchange) {
            Seen request = request(exchange, server);
            seen.add(request);
            meanwhile.run();
            boolean fails =
                    request.path().contains(failing) && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
            send(exchange, fails ? HubAnswer.json(status, Map.of("error", reason)) : answer(request));
        }
    }

    private HubAnswer answer(Seen request) {
        try {
            return request.server().equals("storage") ? large.store(request) : hub(request);
        } catch (HubAnswer.Refused refused) {
            return refused.answer();
        }
    }

    private static Seen request(HttpExchange exchange, String server) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        URI uri = exchange.getRequestURI();
        return new Seen(
                server,
                exchange.getRequestMethod(),
                uri.getRawPath(),
                uri.getRawQuery() == null ? "" : uri.getRawQuery(),
                headers,
                exchange.getRequestBody().readAllBytes());
    }

    private HubAnswer hub(Seen request) {
        String[] names = Arrays.stream(request.path().substring(1).split("/"))
                .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
                .toArray(String[]::new);
        if (request.path().startsWith("/api/complete_multipart/")) {
            return large.complete(request, names[2]);
        }
        if (!("Bearer " + TOKEN).equals(request.authorization())) {
            throw HubAnswer.refused(401, "RepoNotFound");
        }
        if (request.path().equals("/api/repos/create")) {
            return repositories.create(request, uri());
        }
        return names[0].equals("api") ? api(request, names) : git(request, names);
    }

    /** {@code /api/models/<owner>/<name>/<what>/<revision>}. */
    private HubAnswer api(Seen request, String[] names) {
        String name = names[2] + "/" + names[3];
        String revision = names.length > 5 ? names[5] : "main";
        return switch (request.method() + " " + (names.length > 4 ? names[4] : "revision")) {
            case "GET revision" -> repositories.model(name, revision);
            case "GET tree" -> repositories.tree(name, revision);
            case "POST preupload" -> repositories.preupload(request, name, revision);
            case "POST commit" -> repositories.commit(request, uri(), name, revision);
            default -> HubAnswer.status(404);
        };
    }

    /** {@code /<owner>/<name>.git/info/lfs/…} and {@code /<owner>/<name>/resolve/<revision>/<file>}. */
    private HubAnswer git(Seen request, String[] names) {
        if (request.path().endsWith(".git/info/lfs/objects/batch")) {
            return large.batch(request, uri(), storage.uri(), wantsParts);
        }
        if (request.path().endsWith(".git/info/lfs/verify")) {
            return large.verify(request);
        }
        return names.length == 5 && names[2].equals("resolve")
                ? repositories.resolve(names[0] + "/" + names[1], names[3], names[4], downloads())
                : HubAnswer.status(404);
    }

    private static void send(HttpExchange exchange, HubAnswer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = answer.body();
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        if (body != null && isHead) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        }
        exchange.sendResponseHeaders(answer.status(), body == null || isHead || body.length == 0 ? -1 : body.length);
        if (body != null && !isHead) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        hub.close();
        storage.close();
    }
}
