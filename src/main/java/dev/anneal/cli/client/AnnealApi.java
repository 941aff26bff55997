package dev.anneal.cli.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls of the API. Paths begin with {@code /v1/}; answers are the API's own JSON. */
public final class AnnealApi {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final URI root;
    private final @Nullable String key;

    /**
     * @param root address of the service, without {@code /v1}
     * @param key sent as a bearer token; null where none is needed
     */
    public AnnealApi(URI root, @Nullable String key) {
        this.root = root;
        this.key = key;
    }

    /** An id as part of a path. */
    public static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public JsonNode get(String path) {
        return json(request(path).GET());
    }

    public JsonNode delete(String path) {
        return json(request(path).DELETE());
    }

    /** Sends JSON; null sends no body. */
    public JsonNode post(String path, @Nullable JsonNode body) {
        return json(body == null ? request(path).POST(BodyPublishers.noBody()) : posting(request(path), body));
    }

    private static HttpRequest.Builder posting(HttpRequest.Builder request, JsonNode body) {
        return request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()));
    }

    /** The items of a list, over all its pages, at most {@code most}. */
    public List<JsonNode> list(String path, int most) {
        List<JsonNode> items = new ArrayList<>();
        String separator = path.contains("?") ? "&" : "?";
        String after = "";
        while (true) {
            int limit = Math.min(100, most - items.size());
            JsonNode page = get(path + separator + "limit=" + limit + after);
            items.addAll(page.path("data").values());
            if (!page.path("has_more").asBoolean(false) || items.size() >= most) {
                return items;
            }
            after = "&after=" + encoded(page.path("last_id").asString());
        }
    }

    /**
     * Uploads a file.
     *
     * @param sent receives the number of bytes sent so far
     */
    public JsonNode upload(Path file, String purpose, LongConsumer sent) throws IOException {
        Multipart form = new Multipart(file, purpose, sent);
        BodyPublisher body = BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(form::open), form.length());
        return json(
                request("/v1/files").header("Content-Type", form.contentType()).POST(body));
    }

    /** Content from a byte on, for the caller to close. */
    public InputStream content(String path, long from) {
        HttpRequest.Builder request = request(path).GET();
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        return send(request.build()).body();
    }

    /**
     * Reads server-sent events until the server ends them or the reader has enough.
     *
     * @param wantsMore receives each event's data, and says whether to go on
     */
    public void events(String path, @Nullable JsonNode body, Predicate<String> wantsMore) {
        HttpRequest.Builder request = request(path).header("Accept", "text/event-stream");
        request = body == null ? request.GET() : posting(request, body);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(send(request.build()).body(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null
                    && (!line.startsWith("data:")
                            || wantsMore.test(line.substring(5).strip()))) {
                line = lines.readLine();
            }
        } catch (IOException lost) {
            throw unreachable(lost);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        return request;
    }

    private JsonNode json(HttpRequest.Builder request) {
        HttpResponse<InputStream> response = send(request.build());
        try (InputStream body = response.body()) {
            return JSON.readTree(body);
        } catch (JacksonException notJson) {
            throw foreign(response);
        } catch (IOException lost) {
            throw unreachable(lost);
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) {
        try {
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            Optional<String> elsewhere = response.headers().firstValue("Location");
            if (response.statusCode() == 302 && elsewhere.isPresent()) {
                response.body().close();
                response = http.send(withoutKey(request, URI.create(elsewhere.get())), BodyHandlers.ofInputStream());
            }
            if (response.statusCode() >= 300) {
                throw refusal(response);
            }
            return response;
        } catch (IOException lost) {
            throw unreachable(lost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ApiException.UNREACHABLE, null, "interrupted while waiting for " + root);
        }
    }

    /** A request to the installation's object store, whose addresses carry their own permission. */
    private static HttpRequest withoutKey(HttpRequest request, URI address) {
        HttpRequest.Builder copy = HttpRequest.newBuilder(address).GET();
        request.headers().firstValue("Range").ifPresent(range -> copy.header("Range", range));
        return copy.build();
    }

    private static ApiException refusal(HttpResponse<InputStream> response) throws IOException {
        try (InputStream body = response.body()) {
            JsonNode error = JSON.readTree(body).path("error");
            String message = error.path("message").asString("");
            return message.isEmpty()
                    ? foreign(response)
                    : new ApiException(response.statusCode(), error.path("code").asString(null), message);
        } catch (JacksonException notJson) {
            return foreign(response);
        }
    }

    /** Something else answers at this address, such as a proxy. */
    private static ApiException foreign(HttpResponse<InputStream> response) {
        return new ApiException(
                response.statusCode(),
                null,
                "%s answered with status %d, and not as the API does".formatted(response.uri(), response.statusCode()));
    }

    private ApiException unreachable(IOException lost) {
        String reason = lost.getMessage() == null ? lost.getClass().getSimpleName() : lost.getMessage();
        return new ApiException(
                ApiException.UNREACHABLE,
                null,
                "%s cannot be reached (%s); name the service by --url, $ANNEAL_URL or 'anneal login'"
                        .formatted(root, reason));
    }
}
