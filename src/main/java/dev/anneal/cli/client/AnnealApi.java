package dev.anneal.cli.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Calls of the API. Paths begin with {@code /v1/}; answers are the API's own JSON. */
public final class AnnealApi {

    /** The service stores an upload after its last byte, before it answers. */
    private static final int UPLOAD_PATIENCE = 5;

    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final Connection connection;
    private final Duration longestSilence;

    /**
     * @param root address of the service, without {@code /v1}
     * @param key sent as a bearer token; null where none is needed
     * @param longestSilence how long nothing may move in a request, in either direction, before it counts as lost
     */
    public AnnealApi(URI root, @Nullable String key, Duration longestSilence) {
        this.connection = new Connection(root, key);
        this.longestSilence = longestSilence;
    }

    /** An id as part of a path. */
    public static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public JsonNode get(String path) {
        return json(connection.request(path).GET());
    }

    public JsonNode delete(String path) {
        return json(connection.request(path).DELETE());
    }

    /** Sends JSON; null sends no body. */
    public JsonNode post(String path, @Nullable JsonNode body) {
        HttpRequest.Builder request = connection.request(path);
        return json(body == null ? request.POST(BodyPublishers.noBody()) : posting(request, body));
    }

    private JsonNode json(HttpRequest.Builder request) {
        return connection.json(request.build(), new Inactivity(longestSilence));
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
        Inactivity silence = new Inactivity(longestSilence.multipliedBy(UPLOAD_PATIENCE));
        Multipart form = new Multipart(file, purpose, bytes -> {
            silence.end();
            sent.accept(bytes);
        });
        BodyPublisher body = BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(form::open), form.length());
        return connection.json(
                connection
                        .request("/v1/files")
                        .header("Content-Type", form.contentType())
                        .POST(body)
                        .build(),
                silence);
    }

    /**
     * Content of a file.
     *
     * @param first its first byte
     * @param stream for the caller to close
     */
    public record Content(long first, InputStream stream) {}

    /**
     * Content from a byte on, or from its beginning if the server does not send the rest, because it ignores ranges or
     * has other content by now.
     */
    public Content content(String path, long from, String sha256) {
        if (from > 0) {
            try {
                Connection.Answer answer = connection.send(
                        connection
                                .request(path)
                                .header("Range", "bytes=" + from + "-")
                                .header("If-Range", "\"" + sha256 + "\"")
                                .build(),
                        new Inactivity(longestSilence));
                String range =
                        answer.head().headers().firstValue("Content-Range").orElse("");
                boolean isRest = answer.head().statusCode() == 206;
                if (!isRest || range.startsWith("bytes " + from + "-")) {
                    return new Content(isRest ? from : 0, answer.body());
                }
                answer.body().close();
            } catch (ApiException refusal) {
                if (refusal.status() != RANGE_NOT_SATISFIABLE) {
                    throw refusal;
                }
            }
        }
        return new Content(
                0,
                connection
                        .send(connection.request(path).build(), new Inactivity(longestSilence))
                        .body());
    }

    /**
     * Reads server-sent events until the server ends them or the reader has enough. The server writes a comment to an
     * idle stream, so that only a lost one is silent.
     *
     * @param wantsMore receives each event's data, and says whether to go on
     */
    public void events(String path, @Nullable JsonNode body, Predicate<String> wantsMore) {
        HttpRequest.Builder request = connection.request(path).header("Accept", "text/event-stream");
        HttpRequest built = (body == null ? request.GET() : posting(request, body)).build();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                connection.send(built, new Inactivity(longestSilence)).body(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null
                    && (!line.startsWith("data:")
                            || wantsMore.test(line.substring(5).strip()))) {
                line = lines.readLine();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
