package dev.anneal.service.platform.outbound;

import dev.anneal.service.platform.outbound.OutboundClient.Reader;
import dev.anneal.service.platform.outbound.OutboundException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsHttpClientBuilder;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;

/**
 * Sends one request. A name is resolved once, and its addresses are checked before connecting, so that no name leads
 * past the filter. Nothing is sent to strangers by a proxy, which would resolve names itself. Redirects, cookies and
 * compression are off; a deadline ends slow answers, and a connection whose answer is not read completely is closed.
 */
final class Transport implements AutoCloseable {

    private final CloseableHttpClient client;
    private final @Nullable Duration deadline;
    private final ScheduledExecutorService deadlines;

    /** To addresses that strangers name, which must pass the filter. */
    static Transport toStrangers(InetAddressFilter filter, OutboundLimits limits, ScheduledExecutorService deadlines) {
        return new Transport(filter, limits, deadlines, http -> http.setRoutePlanner(new DefaultRoutePlanner(null)));
    }

    /** To addresses that the operator has configured, by the JVM's proxy if there is one. */
    static Transport toConfigured(OutboundLimits limits, ScheduledExecutorService deadlines) {
        return new Transport(InetAddressFilter.all(), limits, deadlines, http -> {});
    }

    private Transport(
            InetAddressFilter filter,
            OutboundLimits limits,
            ScheduledExecutorService deadlines,
            Consumer<HttpClientBuilder> routes) {
        this.deadline = limits.deadline();
        this.deadlines = deadlines;
        this.client = new HttpComponentsHttpClientBuilder()
                .withCustomizer(http -> http.disableAutomaticRetries()
                        .disableAuthCaching()
                        .disableContentCompression()
                        .disableCookieManagement()
                        .setUserAgent("Anneal"))
                .withCustomizer(routes)
                .withConnectionManagerCustomizer(connections ->
                        connections.setMaxConnTotal(limits.connections()).setMaxConnPerRoute(limits.connections()))
                .build(HttpClientSettings.defaults()
                        .withTimeouts(limits.silence(), limits.silence())
                        .withRedirects(HttpRedirects.DONT_FOLLOW)
                        .withCookieHandling(HttpCookieHandling.DISABLE)
                        .withInetAddressFilter(filter));
    }

    <T> T send(OutboundRequest wanted, Reader<T> reader) throws OutboundException {
        HttpUriRequestBase request = new HttpUriRequestBase(wanted.method(), wanted.uri());
        wanted.headers().forEach(request::setHeader);
        ScheduledFuture<?> end = deadline == null
                ? null
                : deadlines.schedule(request::abort, deadline.toMillis(), TimeUnit.MILLISECONDS);
        try {
            addContent(request, wanted.content());
            // Neither execute() nor closing the response is suitable: both read the answer to its end.
            return reader.read(
                    new OutboundResponse(client.executeOpen(RoutingSupport.determineHost(request), request, null)));
        } catch (HttpException | IOException | RuntimeException e) {
            throw failed(request, e);
        } finally {
            if (end != null) {
                end.cancel(false);
            }
            // Closes the connection, unless the answer was read to its end and released it.
            request.abort();
        }
    }

    private static void addContent(HttpUriRequestBase request, @Nullable OutboundContent content) {
        if (content != null) {
            request.setEntity(
                    new EntityTemplate(content.length(), ContentType.parse(content.contentType()), null, out -> {
                        try (InputStream bytes = content.source().open()) {
                            bytes.transferTo(out);
                        }
                    }));
        }
    }

    private OutboundException failed(HttpUriRequestBase request, Exception failure) {
        if (failure instanceof OutboundException told) {
            return told;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FilteredHostException) {
                return new OutboundException(
                        Reason.ADDRESS_NOT_ALLOWED,
                        "has an address that this service may not connect to; the operator can allow it"
                                + " (anneal.outbound.allowed-addresses)",
                        failure);
            }
        }
        return request.isAborted() && deadline != null
                ? new OutboundException(
                        Reason.TIMED_OUT, "gave no answer within " + deadline.toSeconds() + " s", failure)
                : new OutboundException(
                        Reason.UNREACHABLE,
                        "could not be reached: " + failure.getClass().getSimpleName(),
                        failure);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
