package dev.anneal.service.results.push;

import dev.anneal.service.models.hub.HubProperties;
import dev.anneal.service.platform.outbound.OutboundClient;
import dev.anneal.service.platform.outbound.OutboundContent;
import dev.anneal.service.platform.outbound.OutboundException;
import dev.anneal.service.platform.outbound.OutboundException.Reason;
import dev.anneal.service.platform.outbound.OutboundRequest;
import dev.anneal.service.results.push.PushException.Fault;
import dev.anneal.service.storage.StorageException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests to the Hub and to storage addresses that it names. The token is sent only to the Hub, and only the
 * status of a refusal is used.
 */
final class HubCalls {

    private static final int MAX_ANSWER_BYTES = 4 << 20;

    /** Timeout, a concurrent commit, and too many requests. */
    private static final Set<Integer> MAY_PASS = Set.of(408, 412, 429);

    private final OutboundClient hub;
    private final OutboundClient storage;
    private final HubProperties properties;

    /**
     * @param hub sends only to the endpoint
     * @param storage sends to public and allowed addresses
     */
    HubCalls(OutboundClient hub, OutboundClient storage, HubProperties properties) {
        this.hub = hub;
        this.storage = storage;
        this.properties = properties;
    }

    /** An answer, cut off beyond the length of any answer of a Hub. */
    record Answer(int status, Optional<String> entityTag, String body) {

        boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        JsonNode json() throws PushException {
            try {
                return JsonMapper.shared().readTree(body);
            } catch (JacksonException failure) {
                throw invalid("no JSON");
            }
        }
    }

    static PushException invalid(String what) {
        return new PushException(
                Fault.HUB_ANSWER_INVALID, "the Hub answers with " + what + ", which is not the answer of a Hub", null);
    }

    static byte[] json(Object value) {
        return JsonMapper.shared().writeValueAsBytes(value);
    }

    /** Gets a path of the Hub. */
    Answer get(String path) throws PushException {
        return send(hub, OutboundRequest.get(at(path), authorized(Map.of())));
    }

    /** Posts JSON to a path of the Hub. */
    Answer post(String path, Object body) throws PushException {
        return post(path, OutboundContent.json(json(body)), Map.of());
    }

    /** Posts to a path of the Hub. */
    Answer post(String path, OutboundContent content, Map<String, String> headers) throws PushException {
        return send(hub, OutboundRequest.post(at(path), authorized(headers), content));
    }

    /** Sends to an address that an answer of the Hub has named, without the token. */
    Answer sendTo(String method, URI address, Map<String, String> headers, OutboundContent content)
            throws PushException {
        return send(hub.isConfigured(address) ? hub : storage, new OutboundRequest(method, address, headers, content));
    }

    /** As {@link #sendTo}, with the token if the address is the Hub's. */
    Answer postKnown(URI address, Map<String, String> headers, OutboundContent content) throws PushException {
        return hub.isConfigured(address)
                ? send(hub, OutboundRequest.post(address, authorized(headers), content))
                : sendTo("POST", address, headers, content);
    }

    /** An address in an answer; it must be https if the Hub's endpoint is. */
    URI address(String text) throws PushException {
        try {
            URI address = new URI(text);
            boolean isSecure = "https".equalsIgnoreCase(address.getScheme());
            boolean mayBeOpen = "http".equalsIgnoreCase(properties.endpoint().getScheme())
                    && "http".equalsIgnoreCase(address.getScheme());
            if ((isSecure || mayBeOpen) && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException malformed) {
            throw invalid("an invalid address");
        }
        throw invalid("an address that is not https");
    }

    /** Address of a path on the Hub. */
    URI at(String path) {
        return properties.at(path);
    }

    private Map<String, String> authorized(Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Authorization", "Bearer " + properties.pushToken());
        return all;
    }

    private static Answer send(OutboundClient client, OutboundRequest request) throws PushException {
        try {
            return client.send(
                    request,
                    response -> new Answer(
                            response.status(),
                            response.header("ETag"),
                            new String(response.body(MAX_ANSWER_BYTES), StandardCharsets.UTF_8)));
        } catch (OutboundException failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof StorageException) {
                    throw new PushException(Fault.STORAGE_FAILED, "a file of the export could not be read", failure);
                }
            }
            throw new PushException(
                    failure.reason() == Reason.ADDRESS_NOT_ALLOWED ? Fault.HUB_REFUSED : Fault.HUB_UNREACHABLE,
                    request.uri().getHost() + " " + failure.explanation(),
                    failure);
        }
    }

    /** @param what the request, in words that follow "the Hub answers with status 401 to" */
    static Answer required(Answer answer, String what) throws PushException {
        if (answer.isSuccess()) {
            return answer;
        }
        int status = answer.status();
        boolean mayPass = status >= 500 || MAY_PASS.contains(status);
        String hint = status == 401 || status == 403
                ? ": the token of anneal.hub.push-token may not do that"
                : status == 404 ? ": there is no such repository or branch, or the token may not see it" : "";
        throw new PushException(
                mayPass ? Fault.HUB_UNREACHABLE : Fault.HUB_REFUSED,
                "the Hub answers with status " + status + " to " + what + hint,
                null);
    }
}
