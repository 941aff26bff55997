package dev.anneal.faults;

import dev.anneal.service.UploadedRows;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that turns to the next of the installation's API processes when one does not answer. */
final class Api {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Path ROWS = Path.of("src/main/resources/demo/tickets.train.jsonl");
    private static final int ROW_COUNT = 24;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final List<Integer> ports;
    private int next;

    Api(List<Integer> ports) {
        this.ports = List.copyOf(ports);
    }

    /** Uploads the rows of all trainings and returns the file's id. */
    String upload() throws IOException, InterruptedException {
        String rows = Files.readAllLines(ROWS).stream().limit(ROW_COUNT).collect(Collectors.joining("\n", "", "\n"));
        return send("/v1/files", UploadedRows.CONTENT_TYPE, UploadedRows.form(rows))
                .path("id")
                .asString();
    }

    /** Creates a job and returns its id. */
    String create(String file, Work work) throws IOException, InterruptedException {
        return send("/v1/fine_tuning/jobs", "application/json", work.request(file))
                .path("id")
                .asString();
    }

    /** Whether every API process answers. */
    boolean allAnswer() throws IOException, InterruptedException {
        for (int port : ports) {
            HttpRequest request = HttpRequest.newBuilder(uri(port, "/v1/fine_tuning/jobs?limit=1"))
                    .timeout(TIMEOUT)
                    .build();
            if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
                return false;
            }
        }
        return true;
    }

    private JsonNode send(String path, String type, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(ports.get(next++ % ports.size()), path))
                .timeout(TIMEOUT)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(path + " answered " + response.statusCode() + ": " + response.body());
        }
        return JsonMapper.shared().readTree(response.body());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
