package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.UploadedRows;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service without a configured database, in a home of its own. Its PostgreSQL is killed alone: it starts again, and
 * the service goes on, a training included, whose files are the user's alone.
 */
@SystemTest
class KilledDatabaseIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();
    private static final int STEPS = 60;

    @TempDir
    private Path folder;

    private int port;

    @Test
    void serviceIsNotReadyUntilItsServerRunsAgainAndTrainingGoesOn() throws Exception {
        port = ServiceJvm.freePort();
        try (ServiceJvm service = ServiceJvm.start("api,worker", "killed-database", properties())) {
            Waiting.until(() -> status("/readyz") == 200);
            String job = createJob();
            Waiting.until(() -> job(job).path("anneal").path("step").asInt() > 2);

            long killed = killPostmaster();

            List<Integer> readiness = new ArrayList<>();
            Waiting.until(() -> {
                readiness.add(status("/readyz"));
                return readiness.contains(503) && readiness.get(readiness.size() - 1) == 200;
            });
            assertThat(status("/livez")).isEqualTo(200);
            Waiting.until(() -> status("/v1/fine_tuning/jobs") == 200);
            assertThat(postmaster()).isNotEqualTo(killed);
            Waiting.until(() -> job(job).path("status").asString().equals("succeeded"));
            assertThat(job(job).path("anneal").path("attempt").asInt()).isEqualTo(1);
            assertThat(openToOthers()).isEmpty();
            service.signal("TERM");
            assertThat(service.awaitExit()).isIn(0, 143);
            assertThat(data().resolve("postmaster.pid")).doesNotExist();
        }
    }

    private Map<String, String> properties() {
        return Map.of(
                "anneal.home",
                home().toString(),
                "server.port",
                Integer.toString(port),
                "anneal.worker.devices",
                "cpu",
                "anneal.cache-directory",
                Path.of("target").toAbsolutePath().toString(),
                "anneal.engine.cache-directory",
                Path.of("target", "engine-cache").toAbsolutePath().toString(),
                "anneal.engine.heap",
                "256MB",
                "anneal.engine.threads",
                "1",
                "anneal.engine.precision",
                "fp32");
    }

    private String createJob() throws Exception {
        String rows = String.join(
                "\n",
                Files.readAllLines(Path.of("src/main/resources/demo/tickets.train.jsonl"))
                        .subList(0, 24));
        String file = id(post("/v1/files", UploadedRows.CONTENT_TYPE, UploadedRows.form(rows)));
        return id(post("/v1/fine_tuning/jobs", "application/json", """
                {"model": "anneal-tiny", "training_file": "%s", "anneal": {"max_steps": %d}}
                """.formatted(file, STEPS)));
    }

    private JsonNode job(String id) {
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(uri("/v1/fine_tuning/jobs/" + id)).build());
        return JSON.readTree(answer.body());
    }

    private String post(String path, String type, String body) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(uri(path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static String id(String object) {
        return JSON.readTree(object).path("id").asString();
    }

    /** 0 while the service does not listen. */
    private int status(String path) {
        try {
            return HTTP.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException refused) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** As the kernel does where memory is short. */
    private long killPostmaster() throws IOException {
        long pid = postmaster();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        return pid;
    }

    private long postmaster() throws IOException {
        return Long.parseLong(
                Files.readAllLines(data().resolve("postmaster.pid")).get(0).strip());
    }

    private Path data() {
        return home().resolve("postgres").resolve("data");
    }

    /** Which the service creates. */
    private Path home() {
        return folder.resolve("home");
    }

    /** What others than the user may read, write or list: folders, and files of the store and of engine processes. */
    private List<String> openToOthers() throws IOException {
        try (Stream<Path> tree = Files.walk(home())) {
            return tree.filter(path -> Files.isDirectory(path)
                            || path.startsWith(home().resolve("artifacts"))
                            || path.startsWith(home().resolve("engines")))
                    .map(path -> mode(path) + " " + home().relativize(path))
                    .filter(line -> !line.substring(3, 9).equals("------"))
                    .toList();
        }
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException removed) {
            return "---------";
        }
    }
}
