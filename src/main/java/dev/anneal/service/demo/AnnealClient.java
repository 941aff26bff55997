package dev.anneal.service.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;

/** Client of Anneal's HTTP API for the demo. Replies are raw JSON. */
final class AnnealClient {

    private static final Set<String> FINAL = Set.of("succeeded", "failed", "cancelled", "processed", "error");

    private final RestClient http;
    private final Duration pollInterval;

    /** @param baseUrl root of the API, for example {@code http://127.0.0.1:8080/v1} */
    AnnealClient(String baseUrl, Duration pollInterval) {
        this.http = RestClient.create(baseUrl);
        this.pollInterval = pollInterval;
    }

    /** Uploads a dataset and waits until it is validated; returns the file's id. */
    String upload(Resource dataset) {
        MultiValueMap<String, Object> form = new LinkedMultiValueMap<>();
        form.add("purpose", "fine-tune");
        form.add("file", dataset);
        JsonNode file = received(http.post()
                .uri("/files")
                .contentType(MediaType.MULTIPART_FORM_DATA)
                .body(form)
                .retrieve()
                .body(JsonNode.class));
        return await("/files/" + id(file), unused -> {}).path("id").asString();
    }

    JsonNode post(String path, String json) {
        return received(http.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json)
                .retrieve()
                .body(JsonNode.class));
    }

    JsonNode get(String path) {
        return received(http.get().uri(path).retrieve().body(JsonNode.class));
    }

    /** Rows of all pages of a list. */
    List<JsonNode> all(String path) {
        JsonNode page = get(path);
        List<JsonNode> rows = new ArrayList<>(page.path("data").values());
        while (page.path("has_more").asBoolean()) {
            page = get(path + "?after=" + page.path("last_id").asString());
            rows.addAll(page.path("data").values());
        }
        return rows;
    }

    /**
     * Polls an object until its status is final.
     *
     * @throws IllegalStateException if it ends in another way than succeeded or processed; the message holds the API's
     *     error
     */
    JsonNode await(String path, Consumer<JsonNode> onChange) {
        JsonNode current = get(path);
        while (!FINAL.contains(current.path("status").asString())) {
            onChange.accept(current);
            pause();
            current = get(path);
        }
        onChange.accept(current);
        String status = current.path("status").asString();
        if (!status.equals("succeeded") && !status.equals("processed")) {
            throw new IllegalStateException("%s ended as %s: %s".formatted(path, status, current.path("error")));
        }
        return current;
    }

    static String id(JsonNode object) {
        return object.path("id").asString();
    }

    private static JsonNode received(@Nullable JsonNode body) {
        if (body == null) {
            throw new IllegalStateException("the service answered with an empty body");
        }
        return body;
    }

    private void pause() {
        try {
            Thread.sleep(pollInterval.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the service", e);
        }
    }
}
