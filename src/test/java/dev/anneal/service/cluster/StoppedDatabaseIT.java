package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.UploadedRows;
import dev.anneal.service.platform.database.StoppableDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * #17: PostgreSQL is stopped for longer than the leases, under two workers that run two trainings each and look for
 * lost workers every second. Nothing is rescued; what a killed worker held is, as soon as without the outage.
 */
@SystemTest
class StoppedDatabaseIT {

    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration SCAN = Duration.ofSeconds(1);
    /** What a busy machine may add to {@link #LEASE} and {@link #SCAN}. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private static final int JOBS = 4;
    private static final String SETTLED = "lost workers are looked for";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private final List<ServiceJvm> workers = new ArrayList<>();

    @AfterEach
    void endWorkers() {
        workers.forEach(ServiceJvm::close);
    }

    @Test
    void livingWorkersKeepTheirWorkAndADeadOneLosesIt() throws Exception {
        try (StoppableDatabase database = StoppableDatabase.start(folder.resolve("postgres"))) {
            int port = ServiceJvm.freePort();
            ServiceJvm first = start(database, "api,worker", "first", Map.of("server.port", Integer.toString(port)));
            Waiting.until(first::answers);
            ServiceJvm second = start(database, "worker", "second", Map.of("server.port", "0"));
            createJobs(port);
            Waiting.until(
                    () -> steps(database).size() == JOBS && timesSettled(first) == 1 && timesSettled(second) == 1);

            database.stop();
            Thread.sleep(LEASE.multipliedBy(2).toMillis());
            database.startAgain();
            Map<Long, Integer> before = steps(database);
            Waiting.until(() -> timesSettled(first) == 2 && timesSettled(second) == 2);

            assertThat(attempts(database)).isEqualTo(Map.of("first", 2L, "second", 2L));
            assertThat(lost(database)).isEmpty();
            assertThat(before).hasSize(JOBS);
            awaitProgress(database, before);

            second.signal("KILL");
            long killed = System.nanoTime();
            Waiting.until(() -> lost(database).size() == 2);
            assertThat(Duration.ofNanos(System.nanoTime() - killed))
                    .isLessThan(LEASE.plus(SCAN).plus(SLACK));
            assertThat(lost(database)).containsOnly("second");
        }
    }

    private ServiceJvm start(StoppableDatabase database, String roles, String name, Map<String, String> more)
            throws IOException {
        Map<String, String> properties = new HashMap<>(database.properties());
        properties.putAll(Map.of(
                "anneal.home",
                folder.resolve(name).toString(),
                "anneal.storage.directory",
                folder.resolve("storage").toString(),
                "anneal.queue.lease",
                LEASE.toSeconds() + "s",
                "anneal.queue.heartbeat-interval",
                "2s",
                "anneal.queue.safety-margin",
                "1s",
                "anneal.queue.scan-interval",
                SCAN.toSeconds() + "s",
                "anneal.database.heartbeat-timeout",
                "1s",
                "anneal.worker.devices",
                "cpu,cpu"));
        properties.putAll(Map.of(
                "anneal.engine.cache-directory",
                        Path.of("target", "engine-cache").toAbsolutePath().toString(),
                "anneal.engine.heap", "256MB",
                "anneal.engine.threads", "1",
                "anneal.engine.precision", "fp32"));
        properties.putAll(more);
        ServiceJvm worker = ServiceJvm.start(roles, name, properties);
        workers.add(worker);
        return worker;
    }

    private static void createJobs(int port) throws Exception {
        String rows = Files.readAllLines(Path.of("src/main/resources/demo/tickets.train.jsonl")).stream()
                .limit(24)
                .collect(Collectors.joining("\n", "", "\n"));
        String file = id(post(port, "/v1/files", UploadedRows.CONTENT_TYPE, UploadedRows.form(rows)));
        for (int job = 0; job < JOBS; job++) {
            post(port, "/v1/fine_tuning/jobs", "application/json", """
                    {"model": "anneal-tiny", "training_file": "%s", "seed": %d, "anneal": {"max_steps": 100000}}
                    """.formatted(file, job));
        }
    }

    private static String post(int port, String path, String type, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static String id(String object) {
        return JSON.readTree(object).path("id").asString();
    }

    /** How often a process has begun to look for lost workers. */
    private static int timesSettled(ServiceJvm process) {
        try {
            return process.log().split(SETTLED, -1).length - 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitProgress(StoppableDatabase database, Map<Long, Integer> before) {
        Waiting.until(() -> {
            Map<Long, Integer> now = steps(database);
            return before.keySet().stream().allMatch(work -> now.getOrDefault(work, 0) > before.get(work));
        });
    }

    /** The step of each running training that has done one. */
    private static Map<Long, Integer> steps(StoppableDatabase database) {
        return database
                .administrator()
                .sql("SELECT work_id, step FROM lease WHERE step IS NOT NULL")
                .query((row, number) -> Map.entry(row.getLong(1), row.getInt(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** How many each worker has made. */
    private static Map<String, Long> attempts(StoppableDatabase database) {
        return database
                .administrator()
                .sql("SELECT worker, count(*) FROM attempt GROUP BY worker")
                .query((row, number) -> Map.entry(row.getString(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Workers whose attempts were rescued. */
    private static List<String> lost(StoppableDatabase database) {
        JdbcClient administrator = database.administrator();
        return administrator
                .sql("SELECT worker FROM attempt WHERE outcome = 'LOST'")
                .query(String.class)
                .list();
    }
}
