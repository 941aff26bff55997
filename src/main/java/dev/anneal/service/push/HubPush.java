package dev.anneal.service.push;

import dev.anneal.service.outbound.OutboundContent;
import dev.anneal.service.push.HubCalls.Answer;
import dev.anneal.service.push.PushException.Kind;
import dev.anneal.service.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One try of a push: the repository, the large files, then one commit of all. */
final class HubPush {

    private static final int SAMPLE_BYTES = 512;

    /** Files beyond it go by LFS, whatever the Hub proposes: the commit is made in memory. */
    private static final long LARGEST_IN_COMMIT = 10 << 20;

    private final HubCalls hub;

    HubPush(HubCalls hub) {
        this.hub = hub;
    }

    /** Where to, and what the commit says. */
    record Destination(String repo, boolean isPrivate, String revision, String message) {}

    /** @throws PushException if it fails */
    Push.Commit run(Destination to, List<StoredFile> files) throws PushException {
        requireRepository(to);
        try {
            List<StoredFile> large = large(to, files);
            new LfsUpload(hub).send(to.repo(), to.revision(), large);
            return commit(to, files, large);
        } catch (PushException told) {
            throw told;
        } catch (StorageException | IOException failure) {
            throw new PushException(Kind.STORAGE_FAILED, "a file of the export could not be read", failure);
        }
    }

    /** A token that may write to a repository need not be one that may make it. */
    private void requireRepository(Destination to) throws PushException {
        String[] names = to.repo().split("/", 2);
        Answer made = hub.post(
                "/api/repos/create",
                OutboundContent.json(HubCalls.json(Map.of(
                        "organization", names[0], "name", names[1], "private", to.isPrivate(), "type", "model"))),
                Map.of());
        if (made.isSuccess()) {
            return;
        }
        if (made.status() != 409 && made.status() != 403) {
            HubCalls.required(made, "the making of '" + to.repo() + "'");
        }
        Answer found = hub.get("/api/models/" + to.repo());
        if (!found.isSuccess()) {
            HubCalls.required(made.status() == 403 ? made : found, "the making of '" + to.repo() + "'");
        }
        if (to.isPrivate() && !found.json().path("private").asBoolean(true)) {
            throw new PushException(
                    Kind.HUB_REPO_IS_PUBLIC,
                    "'" + to.repo() + "' is there and public; push to another one, or with \"private\": false",
                    null);
        }
    }

    /** Those that the Hub wants by LFS. None is empty: an empty file cannot be one. */
    private List<StoredFile> large(Destination to, List<StoredFile> files) throws IOException {
        List<Map<String, Object>> asked = new ArrayList<>();
        for (StoredFile file : files) {
            asked.add(Map.of(
                    "path",
                    file.name(),
                    "size",
                    file.bytes(),
                    "sample",
                    Base64.getEncoder().encodeToString(file.start(SAMPLE_BYTES))));
        }
        JsonNode answer = HubCalls.required(
                        hub.post(
                                path(to, "preupload"),
                                OutboundContent.json(HubCalls.json(Map.of("files", asked))),
                                Map.of()),
                        "the announcement of files to '" + to.repo() + "' at '" + to.revision() + "'")
                .json();
        Map<String, String> modes = answer.path("files")
                .valueStream()
                .collect(Collectors.toMap(
                        file -> file.path("path").asString(""),
                        file -> file.path("uploadMode").asString(""),
                        (one, other) -> one));
        return files.stream()
                .filter(file -> file.bytes() > 0)
                .filter(file -> file.bytes() > LARGEST_IN_COMMIT || "lfs".equals(modes.get(file.name())))
                .toList();
    }

    private static String path(Destination to, String what) {
        return "/api/models/" + to.repo() + "/" + what + "/" + to.revision().replace("/", "%2F");
    }

    private Push.Commit commit(Destination to, List<StoredFile> files, List<StoredFile> large) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        write(lines, "header", Map.of("summary", to.message(), "description", ""));
        for (StoredFile file : files) {
            if (large.contains(file)) {
                write(lines, "lfsFile", pointer(file));
            } else {
                write(lines, "file", content(file));
            }
        }
        JsonNode answer = HubCalls.required(
                        hub.post(
                                path(to, "commit"),
                                OutboundContent.bytes(lines.toByteArray(), "application/x-ndjson"),
                                Map.of()),
                        "the commit to '" + to.repo() + "' at '" + to.revision() + "'")
                .json();
        String sha = answer.path("commitOid").asString("");
        if (!sha.matches("[0-9a-f]{40}|[0-9a-f]{64}")) {
            throw HubCalls.invalid("no commit");
        }
        return new Push.Commit(sha, url(answer));
    }

    private @Nullable String url(JsonNode answer) {
        try {
            return hub.address(answer.path("commitUrl").asString("")).toString();
        } catch (PushException none) {
            return null;
        }
    }

    private static Map<String, Object> pointer(StoredFile file) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("path", file.name());
        value.put("algo", "sha256");
        value.put("oid", file.sha256());
        value.put("size", file.bytes());
        return value;
    }

    private static Map<String, Object> content(StoredFile file) throws IOException {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("path", file.name());
        value.put("encoding", "base64");
        value.put("content", Base64.getEncoder().encodeToString(file.start((int) file.bytes())));
        return value;
    }

    private static void write(ByteArrayOutputStream lines, String key, Map<String, Object> value) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("key", key);
        line.put("value", value);
        lines.writeBytes(HubCalls.json(line));
        lines.write('\n');
    }
}
