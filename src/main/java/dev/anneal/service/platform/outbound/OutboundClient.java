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

/** Sends requests to the outside and hands each answer to its reader. */
public final class OutboundClient implements AutoCloseable {

    /** All that says something about the wanted bytes and nothing about who wants them. */
    private static final Set<String> HEADERS_FOR_STRANGERS = Set.of("accept", "accept-encoding", "range", "if-range");

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final Route route;
    private final int redirects;

    OutboundClient(Route route, int redirects) {
        this.route = route;
        this.redirects = redirects;
    }

    /** Reads an answer while its connection is open. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(OutboundResponse response) throws IOException;
    }

    /** Where to go on, or what came of it. */
    private record Step<T>(@Nullable URI next, @Nullable T result) {}

    /**
     * Sends the request.
     *
     * @throws OutboundException if there is no answer, or if {@code reader} fails; its cause is what the reader has thrown
     * @throws IllegalArgumentException if the address is not http or https with a host, or not below the configured one
     */
    public <T> T send(OutboundRequest request, Reader<T> reader) throws OutboundException {
        requireHttp(request.uri());
        if (route.base() != null && !route.isConfigured(request.uri())) {
            throw new IllegalArgumentException(request.uri() + " is not at " + route.base());
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
        return route.to(request.uri())
                .send(
                        request,
                        response -> mayBeRedirected(request) && REDIRECTS.contains(response.status())
                                ? new Step<>(target(request.uri(), response, mayFollow), null)
                                : new Step<>(null, reader.read(response)));
    }

    /** What sends something has said it to whom it meant. */
    private boolean mayBeRedirected(OutboundRequest request) {
        return redirects > 0 && request.content() == null;
    }

    private static URI target(URI from, OutboundResponse response, boolean mayFollow) throws OutboundException {
        String location = response.header("Location").orElse("");
        if (!mayFollow || location.isEmpty()) {
            throw new OutboundException(Reason.REDIRECTED, "redirected too often, or to nowhere");
        }
        try {
            URI target = from.resolve(location);
            requireHttp(target);
            if (isWeaker(from, target)) {
                throw new OutboundException(Reason.REDIRECTED, "redirected from https to http");
            }
            return target;
        } catch (IllegalArgumentException e) {
            throw new OutboundException(Reason.REDIRECTED, "redirected to what is no address", e);
        }
    }

    private static boolean isWeaker(URI from, URI target) {
        return from.getScheme().equalsIgnoreCase("https") && !target.getScheme().equalsIgnoreCase("https");
    }

    private OutboundRequest following(OutboundRequest request, URI target) {
        if (Route.isSameOrigin(request.uri(), target)) {
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

    private static void requireHttp(URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        if (!(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https")) || uri.getHost() == null) {
            throw new IllegalArgumentException("an address is http or https and names a host, but is " + uri);
        }
    }

    @Override
    public void close() throws IOException {
        route.close();
    }
}
