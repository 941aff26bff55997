package dev.anneal.service.platform.outbound;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An outbound request.
 *
 * @param method {@code GET}, {@code POST}, …
 * @param uri {@code http} or {@code https}, with a host
 * @param content the body; null for none
 */
public record OutboundRequest(
        String method,
        URI uri,
        Map<String, String> headers,
        @Nullable OutboundContent content) {

    public OutboundRequest {
        headers = Map.copyOf(headers);
    }

    public static OutboundRequest get(URI uri, Map<String, String> headers) {
        return new OutboundRequest("GET", uri, headers, null);
    }

    public static OutboundRequest post(URI uri, Map<String, String> headers, OutboundContent content) {
        return new OutboundRequest("POST", uri, headers, content);
    }

    @Override
    public String toString() {
        return method + " " + uri;
    }
}
