package dev.anneal.service.models.hub;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks the protocol of the Hugging Face Hub over HTTP: metadata here, large files at another host to which it
 * redirects. Faults are set from outside.
 */
public final class HubServer implements AutoCloseable {

    public static final String ID = "acme/tiny";
    public static final String SHA = "0123456789abcdef0123456789abcdef01234567";
    private static final long LARGE = 1 << 20;
    private static final int PART_BYTES = 1 << 16;

    /** A request that was seen. */
    public record Seen(
            String path, @Nullable String range, @Nullable String authorization) {}

    private final LocalServer hub = new LocalServer(this::answer);
    private final LocalServer storage = new LocalServer(this::send);
    private final Map<String, byte[]> files = new TreeMap<>();
    /** Files of other commits than the first, by commit and name, where they differ. */
    private final Map<String, byte[]> changed = new ConcurrentHashMap<>();

    private final Map<String, String> branches = new ConcurrentHashMap<>(Map.of("main", SHA));
    private final Set<String> commits = ConcurrentHashMap.newKeySet();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    /** Answers to files before the first good one. */
    public final AtomicInteger busy = new AtomicInteger();

    /** Bytes after which a transfer of a large file breaks, 0 for never. */
    public volatile int breaksAfter;

    /** Whether a request for a part is answered with the whole. */
    public volatile boolean ignoresRange;

    /** Milliseconds between two parts of 64 KiB of a large file. */
    public volatile int pauseMillis;

    /** What the metadata say of a large file's size beside what is true. */
    public volatile long sizeError;

    /** {@code X-Error-Code} of every answer, with a status before it, as in {@code 403 GatedRepo}. */
    public volatile String refusal = "";

    private volatile boolean isDamaged;

    public HubServer(Path model) {
        commits.add(SHA);
        try (var children = Files.list(model)) {
            for (Path file : (Iterable<Path>) children::iterator) {
                files.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.put("pytorch_model.bin", new byte[] {(byte) 0x80, 2});
        files.put("modeling_acme.py", "import os".getBytes(StandardCharsets.UTF_8));
        files.put("training_args.bin", new byte[10]);
    }

    public URI uri() {
        return hub.uri();
    }

    public void put(String name, String content) {
        files.put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    public void remove(String name) {
        files.remove(name);
    }

    public byte[] file(String name) {
        return Optional.ofNullable(files.get(name)).orElseThrow();
    }

    /** In that commit the file is another one. */
    public void change(String sha, String name, String content) {
        changed.put(sha + "/" + name, content.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] file(String sha, String name) {
        return changed.getOrDefault(sha + "/" + name, file(name));
    }

    /** From now on the branch is another commit. */
    public void move(String branch, String sha) {
        branches.put(branch, sha);
        commits.add(sha);
    }

    /** From now on large files are sent with a byte changed. */
    public void damage() {
        isDamaged = true;
    }

    public void mend() {
        isDamaged = false;
        breaksAfter = 0;
        pauseMillis = 0;
        refusal = "";
    }

    public List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** Names of the files that were asked for. */
    public List<String> asked() {
        return seen.stream()
                .filter(request -> request.path().contains("/resolve/"))
                .map(request -> request.path().substring(request.path().lastIndexOf('/') + 1))
                .distinct()
                .sorted()
                .toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = note(exchange);
            if (!refusal.isEmpty()) {
                exchange.getResponseHeaders().set("X-Error-Code", refusal.substring(4));
                exchange.sendResponseHeaders(Integer.parseInt(refusal.substring(0, 3)), -1);
            } else if (path.startsWith("/api/models/" + ID + "/revision/")) {
                revision(exchange, path.substring(path.lastIndexOf('/') + 1));
            } else if (path.startsWith("/api/models/" + ID + "/tree/")) {
                String sha = path.substring(path.lastIndexOf('/') + 1);
                LocalServer.answer(
                        exchange,
                        files.keySet().stream()
                                .map(name -> entry(name, file(sha, name)))
                                .collect(Collectors.joining(",", "[", "]")));
            } else if (path.startsWith("/" + ID + "/resolve/")) {
                String[] parts = path.split("/");
                resolve(exchange, parts[parts.length - 1], file(parts[parts.length - 2], parts[parts.length - 1]));
            } else {
                exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
                exchange.sendResponseHeaders(401, -1);
            }
        }
    }

    private String note(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        seen.add(new Seen(
                path,
                exchange.getRequestHeaders().getFirst("Range"),
                exchange.getRequestHeaders().getFirst("Authorization")));
        return path;
    }

    private void revision(HttpExchange exchange, String revision) throws IOException {
        String sha = commits.contains(revision) ? revision : branches.get(revision);
        if (sha == null) {
            exchange.getResponseHeaders().set("X-Error-Code", "RevisionNotFound");
            exchange.sendResponseHeaders(404, -1);
        } else {
            LocalServer.answer(
                    exchange,
                    "{\"id\": \"%s\", \"sha\": \"%s\", \"tags\": [\"license:apache-2.0\"], \"siblings\": []}"
                            .formatted(ID, sha));
        }
    }

    private String entry(String name, byte[] content) {
        String git = "{\"type\": \"file\", \"path\": %s, \"size\": %d, \"oid\": \"%s\""
                .formatted(JsonMapper.shared().writeValueAsString(name), content.length, ContentHash.git(content));
        return content.length < LARGE
                ? git + "}"
                : git
                        + ", \"lfs\": {\"oid\": \"%s\", \"size\": %d}}"
                                .formatted(ContentHash.sha256(content), content.length + sizeError);
    }

    private void resolve(HttpExchange exchange, String name, byte[] content) throws IOException {
        if (busy.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            exchange.getResponseHeaders().set("ratelimit", "\"resolvers\";r=0;t=0");
            exchange.sendResponseHeaders(429, -1);
        } else if (content.length >= LARGE) {
            exchange.getResponseHeaders().set("Location", storage.uri() + "/" + name);
            exchange.sendResponseHeaders(302, -1);
        } else {
            LocalServer.answer(exchange, 200, content);
        }
    }

    /** The other host. */
    private void send(HttpExchange exchange) throws IOException {
        try (exchange) {
            String name = note(exchange).substring(1);
            byte[] content = file(name).clone();
            if (isDamaged) {
                content[content.length / 2]++;
            }
            String range = exchange.getRequestHeaders().getFirst("Range");
            int start = range == null || ignoresRange ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %d-%d/%d".formatted(start, content.length - 1, content.length));
            exchange.sendResponseHeaders(start > 0 ? 206 : 200, content.length - start);
            OutputStream body = exchange.getResponseBody();
            int end = breaksAfter == 0 ? content.length : Math.min(content.length, start + breaksAfter);
            for (int at = start; at < end; at += PART_BYTES) {
                body.write(content, at, Math.min(PART_BYTES, end - at));
                body.flush();
                Thread.sleep(pauseMillis);
            }
        } catch (IOException clientGone) {
            return;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        hub.close();
        storage.close();
    }
}
