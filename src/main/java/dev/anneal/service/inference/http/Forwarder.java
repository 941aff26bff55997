package dev.anneal.service.inference.http;

import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.InferenceProperties;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/**
 * Hands requests on to a process that generates, with the client's own key, and its answer back as it comes. When the client goes, the connection to
 * that process is closed, which cancels the generation there.
 */
final class Forwarder {

    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    /** Marks what was handed on once, so that it does not go round in circles. */
    private static final String HOP = "anneal-forwarded";

    private static final List<String> ANSWER_HEADERS = List.of(
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.RETRY_AFTER,
            HttpHeaders.CACHE_CONTROL,
            "x-should-retry",
            "X-Accel-Buffering");

    private static final int BUFFER_BYTES = 1 << 13;

    /** Streams have a sign of life every 5 s. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final String root;
    private final Duration timeout;
    private final HttpClient client;

    Forwarder(URI url, InferenceProperties properties) {
        this.root = url.toString().replaceFirst("/+$", "");
        this.timeout = properties.requestTimeout();
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    void forward(HttpServletRequest request, String body, HttpServletResponse response) throws IOException {
        if (request.getHeader(HOP) != null) {
            throw unreachable("it has not got the role 'inference' (anneal.roles) either");
        }
        HttpResponse<InputStream> answer = send(request, body);
        response.setStatus(answer.statusCode());
        for (String name : ANSWER_HEADERS) {
            answer.headers().firstValue(name).ifPresent(value -> response.setHeader(name, value));
        }
        try (HopStream content = new HopStream(answer.body(), SILENCE)) {
            copy(content, response.getOutputStream());
        }
    }

    private HttpResponse<InputStream> send(HttpServletRequest request, String body) {
        HttpRequest.Builder hop = HttpRequest.newBuilder(URI.create(root + request.getRequestURI()))
                .timeout(timeout)
                .header(HttpHeaders.CONTENT_TYPE, "application/json")
                .header(HOP, "1")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        String key = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (key != null) {
            hop.header(HttpHeaders.AUTHORIZATION, key);
        }
        try {
            return client.send(hop.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (HttpConnectTimeoutException e) {
            throw unreachable(e);
        } catch (HttpTimeoutException e) {
            throw Generation.timedOut(timeout);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(RefusalCode.SERVICE_UNAVAILABLE, "The service stops. Try again.");
        }
    }

    private Refusal unreachable(IOException failure) {
        LOG.warn(
                "The process that generates at {} does not answer; the client is told to try again: {}",
                root,
                failure.toString());
        return unreachable("it does not answer");
    }

    private static Refusal unreachable(String why) {
        return new Refusal(
                RefusalCode.SERVICE_UNAVAILABLE,
                "The process that generates (anneal.inference.url) cannot be used: " + why + ". Try again.");
    }

    /** @throws IOException if the other process breaks off, which the client is to see, or if the client has left */
    private static void copy(InputStream content, OutputStream target) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
            target.write(buffer, 0, count);
            target.flush();
        }
    }
}
