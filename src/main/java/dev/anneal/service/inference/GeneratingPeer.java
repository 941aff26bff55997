package dev.anneal.service.inference;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/** The process that {@code anneal.inference.url} names, which generates for this one. */
public final class GeneratingPeer {

    private static final Logger LOG = LoggerFactory.getLogger(GeneratingPeer.class);

    private final String root;
    private final Duration timeout;
    private final HttpClient client;

    GeneratingPeer(URI url, InferenceProperties properties) {
        this.root = url.toString().replaceFirst("/+$", "");
        this.timeout = properties.requestTimeout();
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * A request with a body of JSON.
     *
     * @param path path with its leading slash
     */
    public HttpRequest.Builder post(String path, String json) {
        return HttpRequest.newBuilder(URI.create(root + path))
                .timeout(timeout)
                .header(HttpHeaders.CONTENT_TYPE, "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
    }

    /**
     * @throws Refusal {@code service_unavailable} if there is no answer, {@code generation_timeout} if it does not
     *     begin in time
     */
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> answer) {
        try {
            return client.send(request, answer);
        } catch (HttpConnectTimeoutException e) {
            throw silent(e);
        } catch (HttpTimeoutException e) {
            throw Generation.timedOut(timeout);
        } catch (IOException e) {
            throw silent(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(RefusalCode.SERVICE_UNAVAILABLE, "The service stops. Try again.");
        }
    }

    private Refusal silent(IOException failure) {
        String reason = reason(failure);
        LOG.warn("The process that generates at {} does not answer; the caller is told to try again: {}", root, reason);
        return unavailable("does not answer (" + reason + "). Try again");
    }

    /**
     * The causes as well: the client's exceptions often have no message, and the first one hides an address that nobody
     * knows.
     */
    private static String reason(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .map(each ->
                        each.getClass().getSimpleName() + (each.getMessage() == null ? "" : ": " + each.getMessage()))
                .distinct()
                .collect(Collectors.joining(", caused by "));
    }

    /**
     * @param why the reason, which ends a sentence about the process, without a full stop
     */
    public static Refusal unavailable(String why) {
        return new Refusal(
                RefusalCode.SERVICE_UNAVAILABLE, "The process that generates (anneal.inference.url) " + why + ".");
    }
}
