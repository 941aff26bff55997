package dev.anneal.service.grader;

import dev.anneal.engine.grade.EndpointClient.Endpoint;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsHttpClientBuilder;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;

/**
 * Sends one request to an endpoint. A name is looked up once, and the addresses found are checked before one of them is connected to, so that no name
 * leads into the installation's own network. Redirects, cookies and compression are off; a deadline ends what trickles, and a connection on which
 * more comes than is read is closed.
 */
final class EndpointTransport implements AutoCloseable {

    private final CloseableHttpClient client;
    private final @Nullable RequestSignature signature;
    private final Duration timeout;
    private final Clock clock;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "grader-deadlines");
        thread.setDaemon(true);
        return thread;
    });

    EndpointTransport(GraderProperties properties, Clock clock) {
        String secret = properties.endpointSecret();
        signature = secret == null || secret.isBlank() ? null : new RequestSignature(secret);
        timeout = properties.endpointTimeout();
        this.clock = clock;
        InetAddressFilter allowed = InetAddressFilter.externalAddresses()
                .or(properties.allowedAddresses().toArray(String[]::new));
        client = new HttpComponentsHttpClientBuilder()
                .withCustomizer(http -> http.disableAutomaticRetries()
                        .disableAuthCaching()
                        .disableContentCompression()
                        .disableCookieManagement()
                        .setUserAgent("Anneal"))
                .withConnectionManagerCustomizer(connections -> connections
                        .setMaxConnTotal(properties.endpointConcurrency())
                        .setMaxConnPerRoute(properties.endpointConcurrency()))
                .build(HttpClientSettings.defaults()
                        .withTimeouts(timeout, timeout)
                        .withRedirects(HttpRedirects.DONT_FOLLOW)
                        .withCookieHandling(HttpCookieHandling.DISABLE)
                        .withInetAddressFilter(allowed));
    }

    /** @param id the same for each attempt at one request, so that an endpoint can tell */
    Attempt send(Endpoint endpoint, String id, byte[] body) {
        HttpPost request = new HttpPost(endpoint.url());
        endpoint.headers().forEach(request::setHeader);
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        sign(request, id, body);
        ScheduledFuture<?> deadline = deadlines.schedule(request::abort, timeout.toMillis(), TimeUnit.MILLISECONDS);
        try {
            // Neither execute() nor closing the response will do: both read on to the end of the answer.
            return ScoreReply.read(client.executeOpen(RoutingSupport.determineHost(request), request, null));
        } catch (HttpException | IOException | RuntimeException e) {
            return failed(request, e);
        } finally {
            deadline.cancel(false);
            // Closes the connection, unless the answer was read to its end and has given it back.
            request.abort();
        }
    }

    private void sign(HttpPost request, String id, byte[] body) {
        long timestamp = clock.instant().getEpochSecond();
        request.setHeader("webhook-id", id);
        request.setHeader("webhook-timestamp", Long.toString(timestamp));
        if (signature != null) {
            request.setHeader("webhook-signature", signature.of(id, timestamp, body));
        }
    }

    private Attempt failed(HttpPost request, Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FilteredHostException) {
                return Attempt.failed("the endpoint's address is not one that this service may connect to;"
                        + " the operator can allow it (anneal.graders.allowed-addresses)");
            }
        }
        return Attempt.failedForNow(
                request.isAborted()
                        ? "the endpoint gave no answer within " + timeout.toSeconds() + " s"
                        : "the endpoint could not be reached: "
                                + failure.getClass().getSimpleName(),
                null);
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        client.close();
    }
}
