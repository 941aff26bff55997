package dev.anneal.service.results.push;

import static dev.anneal.service.results.push.HubAnswer.refused;
import static dev.anneal.service.results.push.HubAnswer.require;

import dev.anneal.service.models.hub.ContentHash;
import dev.anneal.service.results.push.PushServer.Seen;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Repositories of models as the Hub keeps them: made, committed to, and read as clients read them. */
final class PushedRepositories {

    private static final int SAMPLE_BYTES = 512;

    private final LargeFiles large;
    private final Map<String, Repository> all = new ConcurrentHashMap<>();

    /** Whether it makes all repositories public, whatever it is asked for. */
    volatile boolean ignoresVisibility;

    PushedRepositories(LargeFiles large) {
        this.large = large;
    }

    /** Content of a file, in git or by LFS. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Blob(byte[] content, boolean isLarge) {

        /** What the Hub's ETag is. */
        String hash() {
            return isLarge ? ContentHash.sha256(content) : ContentHash.git(content);
        }
    }

    /** Commits by their hash with all their files, and which of them the branches are. */
    private record Repository(
            String name, boolean isPrivate, Map<String, String> branches, Map<String, Map<String, Blob>> commits) {

        String sha(String revision) {
            String sha = commits.containsKey(revision) ? revision : branches.get(revision);
            if (sha == null) {
                throw refused(404, "RevisionNotFound");
            }
            return sha;
        }

        Map<String, Blob> files(String revision) {
            return commits.getOrDefault(sha(revision), Map.of());
        }
    }

    void forget() {
        ignoresVisibility = false;
        all.clear();
    }

    /** Makes one with its first commit, as the Hub does. */
    boolean make(String name, boolean isPrivate) {
        String first = ContentHash.git(name.getBytes(StandardCharsets.UTF_8));
        Blob attributes = new Blob("*.safetensors filter=lfs\n".getBytes(StandardCharsets.UTF_8), false);
        Repository made = new Repository(
                name,
                isPrivate,
                new ConcurrentHashMap<>(Map.of("main", first)),
                new ConcurrentHashMap<>(Map.of(first, Map.of(".gitattributes", attributes))));
        return all.putIfAbsent(name, made) == null;
    }

    void branch(String name, String branch) {
        Repository repository = existing(name);
        repository.branches().put(branch, repository.sha("main"));
    }

    @Nullable
    Boolean isPrivate(String name) {
        Repository repository = all.get(name);
        return repository == null ? null : repository.isPrivate();
    }

    String sha(String name, String revision) {
        return existing(name).sha(revision);
    }

    private Repository existing(String name) {
        Repository repository = all.get(name);
        if (repository == null) {
            throw refused(404, "RepoNotFound");
        }
        return repository;
    }

    HubAnswer create(Seen request, URI hub) {
        require(request.header("Content-Type").equals("application/json"), "JSON");
        JsonNode body = request.json();
        require(
                Set.of("name", "organization", "type", "visibility").containsAll(body.propertyNames()),
                "no other keys");
        require(body.path("type").asString("model").equals("model"), "a model");
        String visibility = body.path("visibility").asString("public");
        require(Set.of("public", "private").contains(visibility), "public or private");
        String name =
                body.path("organization").asString("") + "/" + body.path("name").asString("");
        boolean isNew = make(name, visibility.equals("private") && !ignoresVisibility);
        return isNew
                ? HubAnswer.json(200, Map.of("name", name, "url", hub.resolve("/" + name)))
                : HubAnswer.json(
                        409, Map.of("error", "You already created this model repo", "url", hub.resolve("/" + name)));
    }

    /** Which files go by LFS, and what lies there already. */
    HubAnswer preupload(Seen request, String name, String revision) {
        require(request.header("Content-Type").equals("application/json"), "JSON");
        Map<String, Blob> files = existing(name).files(revision);
        List<Map<String, Object>> answers = new ArrayList<>();
        for (JsonNode file : request.json().path("files")) {
            String path = file.path("path").asString("");
            int size = file.path("size").asInt(-1);
            byte[] sample = Base64.getDecoder().decode(file.path("sample").asString(""));
            require(!path.isEmpty() && size >= 0, "path and size");
            require(sample.length == Math.min(SAMPLE_BYTES, size), "the first 512 bytes");
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("path", path);
            answer.put("uploadMode", path.endsWith(".safetensors") ? "lfs" : "regular");
            answer.put("shouldIgnore", false);
            Blob there = files.get(path);
            if (there != null) {
                answer.put("oid", there.hash());
            }
            answers.add(answer);
        }
        return HubAnswer.json(200, Map.of("files", answers));
    }

    HubAnswer commit(Seen request, URI hub, String name, String revision) {
        require(request.header("Content-Type").equals("application/x-ndjson"), "ndjson");
        Repository repository = existing(name);
        Map<String, Blob> files = new TreeMap<>(repository.files(revision));
        List<JsonNode> lines = request.lines();
        JsonNode header = lines.get(0);
        require(header.path("key").asString("").equals("header"), "the header first");
        require(!header.at("/value/summary").asString("").isEmpty(), "a summary");
        for (JsonNode line : lines.subList(1, lines.size())) {
            JsonNode value = line.path("value");
            files.put(value.path("path").asString(), blob(line.path("key").asString(""), value));
        }
        String sha = ContentHash.git(request.body());
        require(repository.branches().containsKey(revision), "a branch to commit to");
        repository.commits().put(sha, files);
        repository.branches().put(revision, sha);
        return HubAnswer.json(
                200,
                Map.of("success", true, "commitOid", sha, "commitUrl", hub.resolve("/" + name + "/commit/" + sha)));
    }

    private Blob blob(String key, JsonNode value) {
        if (key.equals("file")) {
            require(value.path("encoding").asString("").equals("base64"), "base64");
            return new Blob(Base64.getDecoder().decode(value.path("content").asString()), false);
        }
        require(key.equals("lfsFile") && value.path("algo").asString("").equals("sha256"), "file or lfsFile of sha256");
        byte[] object = large.object(value.path("oid").asString(""));
        if (object == null || object.length != value.path("size").asInt()) {
            throw refused(400, "LargeFileMissing");
        }
        return new Blob(object, true);
    }

    HubAnswer model(String name, String revision) {
        Repository repository = existing(name);
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("id", name);
        model.put("private", repository.isPrivate());
        model.put("sha", repository.sha(revision));
        model.put("tags", List.of());
        model.put(
                "siblings",
                repository.files(revision).keySet().stream()
                        .map(path -> Map.of("rfilename", path))
                        .toList());
        return HubAnswer.json(200, model);
    }

    HubAnswer tree(String name, String revision) {
        return HubAnswer.json(
                200,
                existing(name).files(revision).entrySet().stream()
                        .map(file -> entry(file.getKey(), file.getValue()))
                        .toList());
    }

    private static Map<String, Object> entry(String path, Blob blob) {
        int size = blob.content().length;
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("type", "file");
        entry.put("path", path);
        entry.put("size", size);
        entry.put("oid", ContentHash.git(blob.content()));
        if (blob.isLarge()) {
            entry.put("lfs", Map.of("oid", blob.hash(), "size", size, "pointerSize", 130));
        }
        return entry;
    }

    /** The file, or where its bytes are. */
    HubAnswer resolve(String name, String revision, String path, URI storage) {
        Repository repository = existing(name);
        Blob blob = repository.files(revision).get(path);
        if (blob == null) {
            throw refused(404, "EntryNotFound");
        }
        String tag = "\"" + blob.hash() + "\"";
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Repo-Commit", repository.sha(revision));
        headers.put("ETag", tag);
        if (!blob.isLarge()) {
            return new HubAnswer(200, headers, blob.content());
        }
        headers.put("X-Linked-ETag", tag);
        headers.put("X-Linked-Size", String.valueOf(blob.content().length));
        headers.put("Location", storage.resolve("/object/" + blob.hash()).toString());
        return new HubAnswer(302, headers, null);
    }
}
