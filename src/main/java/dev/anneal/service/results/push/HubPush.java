package dev.anneal.service.results.push;

import dev.anneal.service.platform.outbound.OutboundContent;
import dev.anneal.service.results.push.HubCalls.Answer;
import dev.anneal.service.results.push.PushException.Fault;
import dev.anneal.service.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** One attempt of a push: creates the repository, uploads the large files, then makes one commit of all files. */
final class HubPush {

    private static final int SAMPLE_BYTES = 512;

    /** Larger files use LFS, whatever the Hub proposes, because the commit is assembled in memory. */
    private static final long LARGEST_IN_COMMIT = 10 << 20;

    /**
     * Part of the answer, besides status 409, to concurrent creations of repositories. huggingface_hub relies on it as
     * well.
     */
    private static final String BUSY_CREATING = "another conflicting operation is in progress";

    /** The token may not create repositories, the account may not create more, or the repository exists. */
    private static final Set<Integer> REFUSALS_IF_IT_MAY_EXIST = Set.of(401, 402, 403, 409);

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final HubCalls hub;

    HubPush(HubCalls hub) {
        this.hub = hub;
    }

    /** The repository, and the message of the commit. */
    record Destination(String repo, boolean isPrivate, String revision, String message) {}

    /** @throws PushException if it fails */
    Push.Commit run(Destination to, List<ExportedFile> files) throws PushException {
        requireRepository(to);
        try {
            List<Announced> all = announce(to, files);
            new LfsUpload(hub)
                    .send(
                            to.repo(),
                            to.revision(),
                            all.stream()
                                    .filter(Announced::isLarge)
                                    .map(Announced::file)
                                    .toList());
            List<Announced> changed = new ArrayList<>();
            for (Announced file : all) {
                if (!file.isThere()) {
                    changed.add(file);
                }
            }
            return changed.isEmpty() ? newest(to) : commit(to, changed);
        } catch (PushException told) {
            throw told;
        } catch (StorageException | IOException failure) {
            if (failure instanceof StorageException lost && lost.kind() == StorageException.Reason.NOT_FOUND) {
                throw new PushException(
                        Fault.EXPORT_FILE_MISSING, "a file of the export is gone; make the export again", failure);
            }
            throw new PushException(Fault.STORAGE_FAILED, "a file of the export could not be read", failure);
        }
    }

    /**
     * A token that may write to a repository may not be allowed to create it. Whether the repository is private is
     * always read from the Hub.
     */
    private void requireRepository(Destination to) throws PushException {
        String creation = "the creation of '" + to.repo() + "'";
        Answer made = make(to);
        if (made.body().contains(BUSY_CREATING)) {
            throw new PushException(Fault.HUB_UNREACHABLE, "the Hub is too busy for " + creation, null);
        }
        if (!REFUSALS_IF_IT_MAY_EXIST.contains(made.status())) {
            HubCalls.required(made, creation);
        }
        if (made.isSuccess() && !to.isPrivate()) {
            return;
        }
        Answer found = hub.get("/api/models/" + to.repo());
        if (made.isSuccess() && found.status() == NOT_FOUND) {
            throw new PushException(
                    Fault.HUB_UNREACHABLE, "the Hub does not show '" + to.repo() + "' yet, which it has created", null);
        }
        if (!found.isSuccess()) {
            HubCalls.required(made.isSuccess() || made.status() == CONFLICT ? found : made, creation);
        }
        if (to.isPrivate() && !found.json().path("private").asBoolean(false)) {
            throw new PushException(Fault.HUB_REPO_IS_PUBLIC, publicInstead(to, made), null);
        }
    }

    private static String publicInstead(Destination to, Answer made) {
        return made.isSuccess()
                ? "the Hub has created '" + to.repo()
                        + "' as public although a private repository was requested; make it private there"
                : "'" + to.repo() + "' exists and is public; push to another repository, or with \"private\": false";
    }

    private Answer make(Destination to) throws PushException {
        String[] names = to.repo().split("/", 2);
        return hub.post(
                "/api/repos/create",
                new NewRepository(names[0], names[1], to.isPrivate() ? "private" : "public", "model"));
    }

    /** A request for a repository. */
    private record NewRepository(String organization, String name, String visibility, String type) {}

    /**
     * A file that was announced to the Hub.
     *
     * @param isLarge whether it is uploaded by LFS, which takes no empty file
     * @param there hash of the file with that name on the branch, or empty
     */
    private record Announced(ExportedFile file, boolean isLarge, String there) {

        boolean isThere() throws IOException {
            return !there.isEmpty() && there.equals(isLarge ? file.sha256() : file.gitHash());
        }
    }

    private List<Announced> announce(Destination to, List<ExportedFile> files) throws IOException {
        List<AnnouncedFile> asked = new ArrayList<>();
        for (ExportedFile file : files) {
            asked.add(new AnnouncedFile(file.name(), file.bytes(), base64(file.start(SAMPLE_BYTES))));
        }
        Map<String, JsonNode> answers = HubCalls.required(
                        hub.post(path(to, "preupload"), Map.of("files", asked)),
                        "the announcement of files to '" + to.repo() + "' at '" + to.revision() + "'")
                .json()
                .path("files")
                .valueStream()
                .collect(Collectors.toMap(file -> file.path("path").asString(""), file -> file, (one, other) -> one));
        return files.stream()
                .map(file -> announced(file, answers.getOrDefault(file.name(), MissingNode.getInstance())))
                .toList();
    }

    /** A file in the announcement. */
    private record AnnouncedFile(String path, long size, String sample) {}

    private static Announced announced(ExportedFile file, JsonNode answer) {
        boolean isLarge = file.bytes() > LARGEST_IN_COMMIT
                || "lfs".equals(answer.path("uploadMode").asString(""));
        return new Announced(
                file, isLarge && file.bytes() > 0, answer.path("oid").asString(""));
    }

    private static String path(Destination to, String what) {
        return "/api/models/" + to.repo() + "/" + what + "/" + to.revision().replace("/", "%2F");
    }

    /** The newest commit of the branch, if nothing has changed. */
    private Push.Commit newest(Destination to) throws PushException {
        JsonNode answer = HubCalls.required(
                        hub.get(path(to, "revision")), "'" + to.repo() + "' at '" + to.revision() + "'")
                .json();
        String sha = sha(answer.path("sha"));
        return new Push.Commit(sha, hub.at("/" + to.repo() + "/commit/" + sha).toString());
    }

    private static String sha(JsonNode value) throws PushException {
        String sha = value.asString("");
        if (!sha.matches("[0-9a-f]{40}|[0-9a-f]{64}")) {
            throw HubCalls.invalid("no commit");
        }
        return sha;
    }

    private Push.Commit commit(Destination to, List<Announced> files) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        write(lines, "header", Map.of("summary", to.message(), "description", ""));
        for (Announced each : files) {
            if (each.isLarge()) {
                write(lines, "lfsFile", pointer(each.file()));
            } else {
                write(lines, "file", content(each.file()));
            }
        }
        JsonNode answer = HubCalls.required(
                        hub.post(
                                path(to, "commit"),
                                OutboundContent.bytes(lines.toByteArray(), "application/x-ndjson"),
                                Map.of()),
                        "the commit to '" + to.repo() + "' at '" + to.revision() + "'")
                .json();
        return new Push.Commit(sha(answer.path("commitOid")), url(answer));
    }

    private @Nullable String url(JsonNode answer) {
        try {
            return hub.address(answer.path("commitUrl").asString("")).toString();
        } catch (PushException none) {
            return null;
        }
    }

    /** A line of a commit. */
    private record Line(String key, Object value) {}

    /** A file that was uploaded by LFS. */
    private record LfsFile(String path, String algo, String oid, long size) {}

    /** A file within the commit. */
    private record ContentFile(String path, String encoding, String content) {}

    private static LfsFile pointer(ExportedFile file) {
        return new LfsFile(file.name(), "sha256", file.sha256(), file.bytes());
    }

    private static ContentFile content(ExportedFile file) throws IOException {
        return new ContentFile(file.name(), "base64", base64(file.start((int) file.bytes())));
    }

    private static String base64(byte[] content) {
        return Base64.getEncoder().encodeToString(content);
    }

    private static void write(ByteArrayOutputStream lines, String key, Object value) {
        lines.writeBytes(HubCalls.json(new Line(key, value)));
        lines.write('\n');
    }
}
