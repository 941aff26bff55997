package dev.anneal.service.platform.outbound;

import dev.anneal.service.platform.outbound.OutboundException.Reason;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends requests to other hosts and hands each answer to a reader. */
public final class OutboundClient {

    /** Headers that select content and do not identify the sender. */
    private static final Set<String> HEADERS_FOR_STRANGERS = Set.of("accept", "accept-encoding", "range", "if-range");

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final @Nullable URI base;
    private final Transport configured;
    private final Transport strangers;
    private final int redirects;

    /**
     * @param base configured scheme, host and port; null if every address is a stranger's
     * @param configured sends to addresses at {@code base}
     * @param strangers sends to all others
     */
    OutboundClient(@Nullable URI base, Transport configured, Transport strangers, int redirects) {
        this.base = base;
        this.configured = configured;
        this.strangers = strangers;
        this.redirects = redirects;
    }

    /** Whether an address has the configured scheme, host and port. */
    public boolean isConfigured(URI uri) {
        return base != null && isSameOrigin(base, uri);
    }

    private static boolean isSameOrigin(URI one, URI other) {
        return String.valueOf(one.getScheme()).equalsIgnoreCase(other.getScheme())
                && String.valueOf(one.getHost()).equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    /** Reads an answer while its connection is open. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(OutboundResponse response) throws IOException;
    }

    /** A redirect to follow, or the result. */
    private record Step<T>(@Nullable URI next, @Nullable T result) {}

    /**
     * Sends the request.
     *
     * @throws OutboundException if there is no answer, or if {@code reader} fails, with its exception as the cause
     * @throws IllegalArgumentException if the address is not http or https with a host, or not below the configured one
     */
    public <T> T send(OutboundRequest request, Reader<T> reader) throws OutboundException {
        requireHttp(request.uri());
        if (base != null && !isConfigured(request.uri())) {
            throw new IllegalArgumentException(request.uri() + " is not at " + base);
        }
        OutboundRequest current = request;
        for (int followed = 0; ; followed++) {
            Step<T> step = step(current, reader, followed < redirects);
            if (step.next == null) {
                return Objects.requireNonNull(step.result, "a reader returns something");
            }
            current = following(current, step.next);
        }
    }

    private <T> Step<T> step(OutboundRequest request, Reader<T> reader, boolean mayFollow) throws OutboundException {
        return (isConfigured(request.uri()) ? configured : strangers)
                .send(
                        request,
                        response -> mayBeRedirected(request) && REDIRECTS.contains(response.status())
                                ? new Step<>(target(request.uri(), response, mayFollow), null)
                                : new Step<>(null, reader.read(response)));
    }

    /** Requests with content are never redirected. */
    private boolean mayBeRedirected(OutboundRequest request) {
        return redirects > 0 && request.content() == null;
    }

    private static URI target(URI from, OutboundResponse response, boolean mayFollow) throws OutboundException {
        String location = response.header("Location").orElse("");
        if (!mayFollow || location.isEmpty()) {
            throw new OutboundException(Reason.REDIRECTED, "redirected too often, or without a location");
        }
        try {
            URI target = from.resolve(location);
            requireHttp(target);
            if (isWeaker(from, target)) {
                throw new OutboundException(Reason.REDIRECTED, "redirected from https to http");
            }
            return target;
        } catch (IllegalArgumentException e) {
            throw new OutboundException(Reason.REDIRECTED, "redirected to an invalid address", e);
        }
    }

    private static boolean isWeaker(URI from, URI target) {
        return from.getScheme().equalsIgnoreCase("https") && !target.getScheme().equalsIgnoreCase("https");
    }

    private OutboundRequest following(OutboundRequest request, URI target) {
        if (isSameOrigin(request.uri(), target)) {
            return new OutboundRequest(request.method(), target, request.headers(), null);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers().forEach((name, value) -> {
            if (HEADERS_FOR_STRANGERS.contains(name.toLowerCase(Locale.ROOT))) {
                headers.put(name, value);
            }
        });
        return new OutboundRequest(request.method(), target, headers, null);
    }

    /** Whether an address is http or https and names a host. */
    public static boolean isHttp(URI uri) {
        return uri.getHost() != null && String.valueOf(uri.getScheme()).matches("(?i)https?");
    }

    private static void requireHttp(URI uri) {
        if (!isHttp(uri)) {
            throw new IllegalArgumentException("an address must be http or https with a host, but is " + uri);
        }
    }
}
