package dev.anneal.service.models.hub;

import dev.anneal.service.models.hub.HubException.Reason;
import dev.anneal.service.platform.outbound.OutboundClient;
import dev.anneal.service.platform.outbound.OutboundException;
import dev.anneal.service.platform.outbound.OutboundRequest;
import dev.anneal.service.platform.outbound.OutboundResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.lang3.ObjectUtils;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads from the Hub. Answers are limited in size and checked. */
final class HubClient {

    private static final int MAX_ANSWER_BYTES = 16 << 20;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    /** Seconds until the window of a rate limit ends, such as 45 in {@code "api";r=0;t=45}. */
    private static final Pattern WINDOW = Pattern.compile("\\bt=([0-9]{1,6})");

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private final OutboundClient client;
    private final HubProperties hub;

    /** @param client follows redirects from the Hub's endpoint, and sends the token to no other host */
    HubClient(OutboundClient client, HubProperties hub) {
        this.client = client;
        this.hub = hub;
    }

    /** @throws HubException if there is no such revision, or the Hub does not answer */
    HubRevision revision(String id, String revision) throws HubException {
        JsonNode info = json("/api/models/" + id + "/revision/" + encoded(revision), id, revision);
        String sha = info.path("sha").asString("");
        if (!HubNames.isSha(sha)) {
            throw malformed(id, "no commit");
        }
        JsonNode tree = json("/api/models/" + id + "/tree/" + sha, id, sha);
        List<HubFile> files = new ArrayList<>();
        for (JsonNode entry : tree) {
            if (entry.path("type").asString("").equals("file")) {
                files.add(file(id, entry));
            }
        }
        return new HubRevision(id, sha, license(info), files);
    }

    private static HubFile file(String id, JsonNode entry) throws HubException {
        JsonNode large = entry.path("lfs");
        String hash = (large.isObject() ? large : entry).path("oid").asString("");
        long bytes = (large.isObject() ? large : entry).path("size").asLong(-1);
        if (!HASH.matcher(hash).matches() || (large.isObject() && hash.length() != 64) || bytes < 0) {
            throw malformed(id, "a file without hash or size");
        }
        return new HubFile(entry.path("path").asString(""), bytes, hash);
    }

    private static @Nullable String license(JsonNode info) {
        JsonNode card = info.path("cardData").path("license");
        if (card.isString()) {
            return bounded(card.stringValue());
        }
        for (JsonNode tag : info.path("tags")) {
            if (tag.asString("").startsWith("license:")) {
                return bounded(tag.asString().substring("license:".length()));
            }
        }
        return null;
    }

    private static String bounded(String text) {
        String shown = text.replaceAll("\\p{Cntrl}", "");
        return shown.length() <= 100 ? shown : shown.substring(0, 100);
    }

    private JsonNode json(String path, String id, String revision) throws HubException {
        byte[] body = send(path, Map.of(), response -> {
            requireSuccess(response, id, revision);
            return response.body(MAX_ANSWER_BYTES);
        });
        if (body.length > MAX_ANSWER_BYTES) {
            throw malformed(id, "more than " + MAX_ANSWER_BYTES + " bytes");
        }
        try {
            return JsonMapper.shared().readTree(body);
        } catch (JacksonException invalid) {
            throw malformed(id, "no JSON");
        }
    }

    /**
     * Reads a file.
     *
     * @param offset first byte to read
     * @param reader receives the answer, whose status is 200 or 206
     */
    <T> T download(HubRevision revision, HubFile file, long offset, OutboundClient.Reader<T> reader)
            throws HubException {
        Map<String, String> range = offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-");
        return send("/" + revision.id() + "/resolve/" + revision.sha() + "/" + file.name(), range, response -> {
            if (response.status() != 416) {
                requireSuccess(response, revision.id(), revision.sha());
            }
            return reader.read(response);
        });
    }

    private <T> T send(String path, Map<String, String> more, OutboundClient.Reader<T> reader) throws HubException {
        Map<String, String> headers = new LinkedHashMap<>(more);
        // Lengths and hashes refer to the stored bytes.
        headers.put("Accept-Encoding", "identity");
        if (hub.token() != null) {
            headers.put("Authorization", "Bearer " + hub.token());
        }
        try {
            return client.send(OutboundRequest.get(hub.at(path), headers), reader);
        } catch (OutboundException failure) {
            if (failure.getCause() instanceof HubException told) {
                throw told;
            }
            throw new HubException(
                    Reason.HUB_UNREACHABLE,
                    "the Hub at " + hub.endpoint() + " " + failure.explanation(),
                    null,
                    failure);
        }
    }

    private static void requireSuccess(OutboundResponse response, String id, String revision) throws HubException {
        int status = response.status();
        if (status == 200 || status == 206) {
            return;
        }
        String code = response.header("X-Error-Code").orElse("");
        throw switch (code) {
            case "GatedRepo" ->
                new HubException(
                        Reason.HUB_MODEL_GATED,
                        "access to '" + id
                                + "' must be granted by its owner. Request it at the Hub with the account of"
                                + " anneal.hub.token, then pull again");
            case "RevisionNotFound" ->
                new HubException(
                        Reason.HUB_REVISION_NOT_FOUND, "'" + id + "' has no revision '" + revision + "' at the Hub");
            case "RepoNotFound" -> notFound(id);
            case "EntryNotFound" -> malformed(id, "'not found' for a file that it had listed");
            default -> byStatus(response, status, id);
        };
    }

    private static HubException byStatus(OutboundResponse response, int status, String id) {
        return switch (status) {
            case 401, 403, 404 -> notFound(id);
            case 429 ->
                new HubException(
                        Reason.HUB_UNREACHABLE,
                        "the Hub has received too many requests",
                        retryAfter(response).orElse(LONGEST_WAIT),
                        null);
            default ->
                new HubException(
                        Reason.HUB_UNREACHABLE,
                        "the Hub answers with status " + status,
                        retryAfter(response).orElse(null),
                        null);
        };
    }

    private static HubException notFound(String id) {
        return new HubException(
                Reason.HUB_MODEL_NOT_FOUND,
                "the Hub has no model '" + id + "', or none that anneal.hub.token may see. Ids are case-sensitive");
    }

    private static HubException malformed(String id, String what) {
        return new HubException(Reason.HUB_FILE_DAMAGED, "the Hub answers about '" + id + "' with " + what);
    }

    private static Optional<Duration> retryAfter(OutboundResponse response) {
        return response.retryAfter()
                .or(() -> response.header("ratelimit")
                        .map(WINDOW::matcher)
                        .filter(Matcher::find)
                        .map(found -> Duration.ofSeconds(Long.parseLong(found.group(1)))))
                .map(wait -> ObjectUtils.min(wait, LONGEST_WAIT));
    }

    private static String encoded(String revision) {
        return URLEncoder.encode(revision, StandardCharsets.UTF_8);
    }
}
