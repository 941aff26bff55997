package dev.anneal.service.results.push;

import static dev.anneal.service.results.push.HubAnswer.require;

import dev.anneal.service.models.hub.ContentHash;
import dev.anneal.service.results.push.PushServer.Seen;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Git LFS as the Hub speaks it: the batch that says where bytes go, the storage that takes them, and the check at the
 * end.
 */
final class LargeFiles {

    private static final String LFS = "application/vnd.git-lfs+json";

    private final int chunkBytes;
    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    private final Map<String, Map<Integer, byte[]>> parts = new ConcurrentHashMap<>();

    LargeFiles(int chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    void forget() {
        objects.clear();
        parts.clear();
    }

    byte @Nullable [] object(String oid) {
        return objects.get(oid);
    }

    HubAnswer batch(Seen request, URI hub, URI storage, boolean wantsParts) {
        require(
                request.header("Accept").equals(LFS)
                        && request.header("Content-Type").equals(LFS),
                LFS);
        JsonNode body = request.json();
        require(body.path("operation").asString("").equals("upload"), "an upload");
        require(body.path("hash_algo").asString("").equals("sha256"), "sha256");
        require(body.path("ref").path("name").isString(), "a branch");
        require(
                body.path("transfers")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList()
                        .contains(wantsParts ? "multipart" : "basic"),
                "another transfer");
        List<Map<String, Object>> answers = new ArrayList<>();
        for (JsonNode object : body.path("objects")) {
            String oid = object.path("oid").asString("");
            int size = object.path("size").asInt(0);
            require(oid.matches("[0-9a-f]{64}") && size > 0, "objects with hash and size");
            Map<String, Object> known = Map.of("oid", oid, "size", size);
            Map<String, Object> asked = new TreeMap<>(known);
            URI verify = hub.resolve(request.path().replace("objects/batch", "verify"));
            asked.put("actions", Map.of("upload", upload(oid, size, hub, storage, wantsParts), "verify", href(verify)));
            answers.add(objects.containsKey(oid) ? known : asked);
        }
        return HubAnswer.json(200, Map.of("transfer", wantsParts ? "multipart" : "basic", "objects", answers));
    }

    private Map<String, Object> upload(String oid, int size, URI hub, URI storage, boolean wantsParts) {
        if (!wantsParts) {
            return href(storage.resolve("/put/" + oid));
        }
        Map<String, Object> header = new TreeMap<>(Map.of("chunk_size", String.valueOf(chunkBytes)));
        for (int number = 1; (number - 1) * chunkBytes < size; number++) {
            header.put("%05d".formatted(number), storage.resolve("/part/" + oid + "/" + number + "?size=" + size));
        }
        return Map.of("href", hub.resolve("/api/complete_multipart/" + oid), "header", header);
    }

    private static Map<String, Object> href(URI address) {
        return Map.of("href", address);
    }

    /** The storage, which takes what has a length and knows nobody, and gives it to whoever has the address. */
    HubAnswer store(Seen request) {
        require(request.authorization() == null, "no token at the storage");
        String[] names = request.path().substring(1).split("/");
        if (names[0].equals("object")) {
            return new HubAnswer(200, Map.of(), Objects.requireNonNull(objects.get(names[1])));
        }
        require(request.method().equals("PUT"), "PUT");
        require(request.header("Content-Length").equals(String.valueOf(request.body().length)), "a length");
        if (names[0].equals("put")) {
            return keep(names[1], request.body());
        }
        int number = Integer.parseInt(names[2]);
        int size = Integer.parseInt(request.query().substring("size=".length()));
        require(request.body().length == Math.min(chunkBytes, size - (number - 1) * chunkBytes), "parts of chunk_size");
        parts.computeIfAbsent(names[1], oid -> new ConcurrentHashMap<>()).put(number, request.body());
        return new HubAnswer(200, Map.of("ETag", "\"part-" + number + "\""), null);
    }

    /** Needs no token: the address is the permission. */
    HubAnswer complete(Seen request, String oid) {
        require(
                request.header("Accept").equals(LFS)
                        && request.header("Content-Type").equals(LFS),
                LFS);
        JsonNode wanted = request.json();
        require(wanted.path("oid").asString("").equals(oid), "the same hash");
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (JsonNode part : wanted.path("parts")) {
            int number = part.path("partNumber").asInt();
            require(part.path("etag").asString("").equals("\"part-" + number + "\""), "the ETag of each part");
            whole.writeBytes(parts.getOrDefault(oid, Map.of()).getOrDefault(number, new byte[0]));
        }
        return keep(oid, whole.toByteArray());
    }

    HubAnswer verify(Seen request) {
        JsonNode wanted = request.json();
        byte[] object = objects.get(wanted.path("oid").asString(""));
        boolean isThere = object != null && object.length == wanted.path("size").asInt();
        return HubAnswer.status(isThere ? 200 : 404);
    }

    /** Only what is what it says. */
    private HubAnswer keep(String oid, byte[] content) {
        require(ContentHash.sha256(content).equals(oid), "bytes with the hash that was announced");
        objects.put(oid, content);
        return HubAnswer.status(200);
    }
}
