package dev.anneal.service.push;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.service.LocalServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What takes pushes as the Hugging Face Hub does, with the storage of large files at another origin. It refuses what the protocol does not allow. */
final class PushServer implements AutoCloseable {

    static final String TOKEN = "hf_operators-token";
    static final String COMMIT = "89abcdef0123456789abcdef0123456789abcdef";
    static final int CHUNK_BYTES = 100_000;

    private static final JsonMapper JSON = new JsonMapper();

    /** A request that was seen. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Seen(
            String server,
            String method,
            String path,
            @Nullable String authorization,
            byte[] body) {}

    private final LocalServer hub = new LocalServer(exchange -> answer(exchange, "hub"));
    private final LocalServer storage = new LocalServer(exchange -> answer(exchange, "storage"));
    private final Map<String, Boolean> privacy = new ConcurrentHashMap<>();
    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    private final Map<String, Map<Integer, byte[]>> parts = new ConcurrentHashMap<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    /** Answers with {@link #status} before the first good one. */
    final AtomicInteger failures = new AtomicInteger();

    volatile int status;
    volatile boolean wantsParts;

    URI uri() {
        return hub.uri();
    }

    /** As new, but for what is set after this. */
    void forget() {
        privacy.clear();
        objects.clear();
        parts.clear();
        seen.clear();
        failures.set(0);
        wantsParts = false;
    }

    void repository(String name, boolean isPrivate) {
        privacy.put(name, isPrivate);
    }

    @Nullable
    Boolean isPrivate(String name) {
        return privacy.get(name);
    }

    List<Seen> seen(String server) {
        return seen.stream().filter(each -> each.server().equals(server)).toList();
    }

    byte[] object(String oid) {
        return objects.getOrDefault(oid, new byte[0]);
    }

    /** The lines of the newest commit. */
    List<JsonNode> commit() {
        Seen last = seen.stream()
                .filter(each -> each.path().contains("/commit/"))
                .reduce((one, other) -> other)
                .orElseThrow();
        return new String(last.body(), StandardCharsets.UTF_8)
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    private void answer(HttpExchange exchange, String server) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Seen request = new Seen(
                    server,
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    body);
            seen.add(request);
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                exchange.sendResponseHeaders(status, -1);
            } else if (server.equals("storage")) {
                store(exchange, request);
            } else {
                hub(exchange, request);
            }
        }
    }

    private void hub(HttpExchange exchange, Seen request) throws IOException {
        String path = request.path();
        boolean isFree = path.startsWith("/api/complete_multipart/");
        if (!isFree && !("Bearer " + TOKEN).equals(request.authorization())) {
            exchange.sendResponseHeaders(401, -1);
        } else if (path.equals("/api/repos/create")) {
            create(exchange, JSON.readTree(request.body()));
        } else if (isFree) {
            complete(exchange, path.substring(path.lastIndexOf('/') + 1), JSON.readTree(request.body()));
        } else if (path.endsWith(".git/info/lfs/objects/batch")) {
            write(exchange, Map.of("transfer", wantsParts ? "multipart" : "basic", "objects", batch(request)));
        } else if (path.endsWith("/verify")) {
            JsonNode wanted = JSON.readTree(request.body());
            boolean isThere = object(wanted.path("oid").asString()).length
                    == wanted.path("size").asInt();
            exchange.sendResponseHeaders(isThere ? 200 : 404, -1);
        } else if (path.contains("/preupload/")) {
            write(exchange, Map.of("files", modes(JSON.readTree(request.body()))));
        } else if (path.contains("/commit/")) {
            write(exchange, Map.of("commitOid", COMMIT, "commitUrl", uri() + "/acme/tiny/commit/" + COMMIT));
        } else {
            Boolean isPrivate = privacy.get(path.substring("/api/models/".length()));
            write(exchange, Map.of("private", isPrivate == null || isPrivate));
        }
    }

    private void create(HttpExchange exchange, JsonNode repository) throws IOException {
        String name = repository.path("organization").asString() + "/"
                + repository.path("name").asString();
        boolean isNew = privacy.putIfAbsent(name, repository.path("private").asBoolean()) == null;
        exchange.sendResponseHeaders(isNew ? 200 : 409, -1);
    }

    private static List<Map<String, Object>> modes(JsonNode asked) {
        List<Map<String, Object>> modes = new ArrayList<>();
        for (JsonNode file : asked.path("files")) {
            String path = file.path("path").asString();
            modes.add(Map.of(
                    "path",
                    path,
                    "uploadMode",
                    path.endsWith(".safetensors") ? "lfs" : "regular",
                    "shouldIgnore",
                    false));
        }
        return modes;
    }

    private List<Map<String, Object>> batch(Seen request) {
        List<Map<String, Object>> answers = new ArrayList<>();
        for (JsonNode object : JSON.readTree(request.body()).path("objects")) {
            String oid = object.path("oid").asString();
            int size = object.path("size").asInt();
            answers.add(
                    objects.containsKey(oid)
                            ? Map.of("oid", oid, "size", size)
                            : Map.of("oid", oid, "size", size, "actions", actions(request.path(), oid, size)));
        }
        return answers;
    }

    private Map<String, Object> actions(String path, String oid, int size) {
        Map<String, Object> verify = Map.of("href", uri() + path.replace("objects/batch", "verify"));
        if (!wantsParts) {
            return Map.of("upload", Map.of("href", storage.uri() + "/put/" + oid), "verify", verify);
        }
        Map<String, Object> header = new TreeMap<>(Map.of("chunk_size", String.valueOf(CHUNK_BYTES)));
        for (int number = 1; (number - 1) * CHUNK_BYTES < size; number++) {
            header.put("0000" + number, storage.uri() + "/part/" + oid + "/" + number);
        }
        return Map.of(
                "upload", Map.of("href", uri() + "/api/complete_multipart/" + oid, "header", header), "verify", verify);
    }

    private void store(HttpExchange exchange, Seen request) throws IOException {
        String[] names = request.path().substring(1).split("/");
        if (!request.method().equals("PUT") || request.authorization() != null) {
            exchange.sendResponseHeaders(400, -1);
            return;
        }
        if (names[0].equals("put")) {
            keep(names[1], request.body());
        } else {
            parts.computeIfAbsent(names[1], oid -> new TreeMap<>()).put(Integer.parseInt(names[2]), request.body());
            exchange.getResponseHeaders().set("ETag", "\"part-" + names[2] + "\"");
        }
        exchange.sendResponseHeaders(200, -1);
    }

    private void complete(HttpExchange exchange, String oid, JsonNode wanted) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        boolean isRight = wanted.path("oid").asString().equals(oid);
        for (JsonNode part : wanted.path("parts")) {
            int number = part.path("partNumber").asInt();
            isRight &= part.path("etag").asString().equals("\"part-" + number + "\"");
            whole.writeBytes(parts.getOrDefault(oid, Map.of()).getOrDefault(number, new byte[0]));
        }
        keep(oid, whole.toByteArray());
        exchange.sendResponseHeaders(isRight ? 200 : 400, -1);
    }

    /** Only what is what it says. */
    private void keep(String oid, byte[] content) {
        if (ExportToPush.sha256(content).equals(oid)) {
            objects.put(oid, content);
        }
    }

    private static void write(HttpExchange exchange, Object answer) throws IOException {
        LocalServer.answer(exchange, JSON.writeValueAsString(answer));
    }

    @Override
    public void close() {
        hub.close();
        storage.close();
    }
}
