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
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends requests of several tenants to the API, without waiting for their answers. */
final class LoadClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Path ROWS = Path.of("src/main/resources/demo/tickets.train.jsonl");
    private static final int ROW_COUNT = 24;

    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "load");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(threads)
            .build();
    private final int port;

    LoadClient(int port) {
        this.port = port;
    }

    HttpRequest.Builder request(String tenant, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + LoadedInstallation.keyOf(tenant));
    }

    HttpRequest post(String tenant, String path, String body) {
        return request(tenant, path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    JsonNode read(HttpRequest request) throws IOException, InterruptedException {
        return read(http.send(request, HttpResponse.BodyHandlers.ofString()));
    }

    /** The id of what a request has created. */
    String idOf(HttpResponse<String> response) throws IOException {
        return read(response).path("id").asString();
    }

    /** Whether the rows of a file have been checked, and are right. */
    boolean isChecked(String tenant, String file) throws IOException, InterruptedException {
        String status = read(request(tenant, "/v1/files/" + file).build())
                .path("status")
                .asString();
        if (status.equals("error")) {
            throw new IllegalStateException(file + " is refused");
        }
        return status.equals("processed");
    }

    private static JsonNode read(HttpResponse<String> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException(
                    response.uri().getPath() + " answered " + response.statusCode() + ": " + response.body());
        }
        return JsonMapper.shared().readTree(response.body());
    }

    /** Uploads the rows of all trainings and returns the file's id. */
    String upload(String tenant) throws IOException, InterruptedException {
        String rows = Files.readAllLines(ROWS).stream().limit(ROW_COUNT).collect(Collectors.joining("\n", "", "\n"));
        HttpRequest upload = request(tenant, "/v1/files")
                .header("Content-Type", UploadedRows.CONTENT_TYPE)
                .POST(HttpRequest.BodyPublishers.ofString(UploadedRows.form(rows)))
                .build();
        return read(upload).path("id").asString();
    }

    /** The ids of all events of a job. */
    Set<String> eventsOf(String tenant, String job) throws IOException, InterruptedException {
        String path = "/v1/fine_tuning/jobs/" + job + "/events?limit=1000";
        return read(request(tenant, path).build())
                .path("data")
                .valueStream()
                .map(event -> event.path("id").asString())
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Sends the request now, which was due at {@code due}, and records its answer. */
    CompletableFuture<Void> send(HttpRequest request, long due, Answers answers) {
        return http.sendAsync(request, HttpResponse.BodyHandlers.discarding()).handle((response, failure) -> {
            if (failure == null) {
                answers.add(response, due);
            } else {
                answers.fault("not answered: " + causeOf(failure));
            }
            return null;
        });
    }

    private static Throwable causeOf(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    HttpClient http() {
        return http;
    }

    ExecutorService threads() {
        return threads;
    }
}
