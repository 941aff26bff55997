package dev.anneal.service.results.push;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.anneal.service.platform.outbound.OutboundContent;
import dev.anneal.service.results.push.HubCalls.Answer;
import dev.anneal.service.results.push.PushException.Fault;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Uploads files by Git LFS, whole ({@code basic}) or in parts ({@code multipart}), as the Hub chooses. Files that the
 * Hub already has are not sent.
 */
final class LfsUpload {

    private static final String LFS = "application/vnd.git-lfs+json";
    private static final Map<String, String> ACCEPT = Map.of("Accept", LFS);

    private final HubCalls hub;

    LfsUpload(HubCalls hub) {
        this.hub = hub;
    }

    void send(String repo, String revision, List<ExportedFile> files) throws PushException {
        if (files.isEmpty()) {
            return;
        }
        JsonNode answer = HubCalls.required(
                        hub.post("/" + repo + ".git/info/lfs/objects/batch", lfs(batch(revision, files)), ACCEPT),
                        "the announcement of large files")
                .json();
        for (ExportedFile file : files) {
            send(file, object(answer, file));
        }
    }

    /** A file by its hash. */
    private record LfsObject(String oid, long size) {

        static LfsObject of(ExportedFile file) {
            return new LfsObject(file.sha256(), file.bytes());
        }
    }

    /** An announcement of files. */
    private record Batch(
            String operation,
            List<String> transfers,
            @JsonProperty("hash_algo") String hashAlgorithm,
            Map<String, String> ref,
            List<LfsObject> objects) {}

    private static Batch batch(String revision, List<ExportedFile> files) {
        List<LfsObject> objects = files.stream().map(LfsObject::of).toList();
        return new Batch("upload", List.of("basic", "multipart"), "sha256", Map.of("name", revision), objects);
    }

    private static OutboundContent lfs(Object body) {
        return OutboundContent.bytes(HubCalls.json(body), LFS);
    }

    private static JsonNode object(JsonNode answer, ExportedFile file) throws PushException {
        for (JsonNode object : answer.path("objects")) {
            if (object.path("oid").asString("").equals(file.sha256())) {
                return object;
            }
        }
        throw HubCalls.invalid("nothing about '" + file.name() + "'");
    }

    private void send(ExportedFile file, JsonNode object) throws PushException {
        if (object.has("error")) {
            throw new PushException(
                    Fault.HUB_REFUSED,
                    "the Hub refuses '" + file.name() + "' with code "
                            + object.path("error").path("code").asInt(0),
                    null);
        }
        JsonNode upload = object.path("actions").path("upload");
        if (!upload.isObject()) {
            return;
        }
        URI address = hub.address(upload.path("href").asString(""));
        if (upload.path("header").has("chunk_size")) {
            sendParts(file, upload.path("header"), address);
        } else {
            HubCalls.required(hub.sendTo("PUT", address, Map.of(), file.content()), "the bytes of " + file.name());
        }
        JsonNode verify = object.path("actions").path("verify");
        if (verify.isObject()) {
            verify(file, hub.address(verify.path("href").asString("")));
        }
    }

    private void sendParts(ExportedFile file, JsonNode header, URI completion) throws PushException {
        long chunk = Long.parseLong(digits(header.path("chunk_size").asString("")));
        List<Part> parts = new ArrayList<>();
        for (long start = 0; start < file.bytes(); start += chunk) {
            int number = parts.size() + 1;
            URI address = hub.address(part(header, number));
            Answer answer = HubCalls.required(
                    hub.sendTo("PUT", address, Map.of(), file.content(start, Math.min(chunk, file.bytes() - start))),
                    "part " + number + " of " + file.name());
            parts.add(new Part(number, answer.entityTag().orElseThrow(() -> HubCalls.invalid("no ETag for a part"))));
        }
        HubCalls.required(
                hub.sendTo("POST", completion, ACCEPT, lfs(Map.of("oid", file.sha256(), "parts", parts))),
                "the end of the parts of " + file.name());
    }

    /** A part that was sent. */
    private record Part(int partNumber, String etag) {}

    /** Its key is the number, with or without leading zeros. */
    private static String part(JsonNode header, int number) throws PushException {
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (entry.getKey().matches("[0-9]{1,9}") && Integer.parseInt(entry.getKey()) == number) {
                return entry.getValue().asString("");
            }
        }
        throw HubCalls.invalid("no address for part " + number);
    }

    private static String digits(String text) throws PushException {
        if (!text.matches("[1-9][0-9]{3,17}")) {
            throw HubCalls.invalid("a chunk_size of '" + Objects.toString(text) + "'");
        }
        return text;
    }

    private void verify(ExportedFile file, URI address) throws PushException {
        HubCalls.required(
                hub.postKnown(address, Map.of(), OutboundContent.json(HubCalls.json(LfsObject.of(file)))),
                "the check of " + file.name());
    }
}
