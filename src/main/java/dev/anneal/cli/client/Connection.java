package dev.anneal.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests to the service and tells in one way what went wrong: it refused, something else has answered, or
 * nothing has.
 */
final class Connection {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final URI root;
    private final @Nullable String key;

    Connection(URI root, @Nullable String key) {
        this.root = root;
        this.key = key;
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        return request;
    }

    JsonNode json(HttpRequest request, Inactivity silence) {
        Answer answer = send(request, silence);
        try (InputStream body = answer.body()) {
            return JSON.readTree(body);
        } catch (JacksonException | IOException notJson) {
            throw foreign(answer);
        }
    }

    /**
     * An answer that is no refusal.
     *
     * @param body for the caller to close
     */
    record Answer(HttpResponse<InputStream> head, AnswerStream body) {}

    /** @throws ApiException for refusals, and if nothing moves for too long */
    Answer send(HttpRequest request, Inactivity silence) {
        Answer answer = sendOnce(request, silence);
        Optional<String> elsewhere = answer.head().headers().firstValue("Location");
        if (answer.head().statusCode() == 302 && elsewhere.isPresent()) {
            answer.body().close();
            answer = sendOnce(withoutKey(request, URI.create(elsewhere.get())), silence);
        }
        if (answer.head().statusCode() >= 300) {
            throw refusal(answer);
        }
        return answer;
    }

    private Answer sendOnce(HttpRequest request, Inactivity silence) {
        CompletableFuture<HttpResponse<InputStream>> sent = http.sendAsync(request, BodyHandlers.ofInputStream());
        while (true) {
            try {
                HttpResponse<InputStream> head = sent.get(Math.max(1, silence.remainingNanos()), TimeUnit.NANOSECONDS);
                return new Answer(head, new AnswerStream(head.body(), silence, this::lost));
            } catch (TimeoutException silent) {
                if (silence.remainingNanos() <= 0) {
                    sent.cancel(true);
                    throw lost(silence.reason());
                }
            } catch (ExecutionException failed) {
                throw lost(reason(failed));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw lost("interrupted");
            }
        }
    }

    /**
     * A request to the installation's object store, whose addresses carry their own permission. Its entity tags are not
     * the service's, so it gets no If-Range.
     */
    private static HttpRequest withoutKey(HttpRequest request, URI address) {
        HttpRequest.Builder copy = HttpRequest.newBuilder(address).GET();
        request.headers().firstValue("Range").ifPresent(range -> copy.header("Range", range));
        return copy.build();
    }

    private static ApiException refusal(Answer answer) {
        try (InputStream body = answer.body()) {
            JsonNode error = JSON.readTree(body).path("error");
            String message = error.path("message").asString("");
            return message.isEmpty()
                    ? foreign(answer)
                    : new ApiException(
                            answer.head().statusCode(),
                            error.path("code").asString("error"),
                            error.path("param").asString(null),
                            message);
        } catch (JacksonException | IOException notJson) {
            return foreign(answer);
        }
    }

    /** Something else answers at this address, such as a proxy. */
    private static ApiException foreign(Answer answer) {
        return new ApiException(
                answer.head().statusCode(),
                null,
                "%s answered with status %d, and not as the API does"
                        .formatted(answer.head().uri(), answer.head().statusCode()));
    }

    /** The deepest message: outer ones repeat it, or have none. A connection that is refused has none at all. */
    private static String reason(ExecutionException failed) {
        String reason = "";
        boolean isConnecting = false;
        for (Throwable cause = failed.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "the name of the host is unknown";
            }
            isConnecting |= cause instanceof ConnectException;
            reason = cause.getMessage() == null ? reason : cause.getMessage();
        }
        return reason.isEmpty() ? (isConnecting ? "connection refused" : "the connection broke") : reason;
    }

    private ApiException lost(String reason) {
        return new ApiException(ApiException.UNREACHABLE, null, "%s cannot be reached: %s".formatted(root, reason));
    }
}
