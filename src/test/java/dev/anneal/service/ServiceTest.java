package dev.anneal.service;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.anneal.AnnealApplication;
import dev.anneal.protocol.Progress;
import dev.anneal.service.access.web.ApiDescription;
import dev.anneal.service.files.FileIntake;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.files.FileStatus;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.ReceivedFile;
import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.training.journal.TrainingJournal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service with the role api on a real database, reached over HTTP by the tenants alpha and beta. */
@SpringBootTest(
        classes = AnnealApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "anneal.roles=api",
            "anneal.home=target/test-${anneal.test.fork:1}/home",
            "anneal.api-keys=alpha:alpha-key-0123456789,beta:beta-key-0123456789",
            "anneal.admin-keys=admin-key-0123456789",
            "anneal.event-streams.poll-interval=20ms",
            "anneal.jobs.validation-interval=100ms",
            // Tests that walk all routes without a key.
            "anneal.rate-limits.failed-authentications-per-minute=0",
            "anneal.rate-limits.all-failed-authentications-per-minute=0",
            "anneal.files.check-interval=100ms",
            "management.server.port=0"
        })
@PostgresTest
public abstract class ServiceTest {

    protected static final String ALPHA = "alpha";
    protected static final String BETA = "beta";
    protected static final JsonMapper JSON = new JsonMapper();

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The service's own doors to its database, and what speaks within them. */
    @Autowired
    protected TenantDatabase tenants;

    @Autowired
    protected SystemDatabase system;

    @Autowired
    protected JdbcClient jdbc;

    /** What workers do to the work that they have claimed. */
    @Autowired
    protected Leases leases;

    /** What workers publish of trainings. */
    @Autowired
    protected TrainingJournal trainings;

    @Autowired
    private FileIntake intake;

    @Autowired
    private Files files;

    @LocalServerPort
    private int port;

    /** OpenAI's client in its strictest mode, with another base URL and nothing else. */
    protected OpenAIClient openai(String tenant) {
        return OpenAIOkHttpClient.builder()
                .baseUrl("http://127.0.0.1:" + port + "/v1")
                .apiKey(tenant + "-key-0123456789")
                .responseValidation(true)
                .maxRetries(0)
                .build();
    }

    /** A request with the key of a tenant. */
    protected HttpRequest.Builder request(String tenant, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + tenant + "-key-0123456789");
    }

    /** Sends the request; an answer that is not as the description of the API says fails the test. */
    protected static HttpResponse<String> send(HttpRequest.Builder request) {
        HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString());
        ApiDescription.assertDescribes(response);
        return response;
    }

    protected static <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
        try {
            return HTTP.send(request.build(), handler);
        } catch (IOException e) {
            throw new AssertionError("the service did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    protected HttpResponse<String> get(String tenant, String path) {
        return send(request(tenant, path));
    }

    /** Posts a body whose quotes are written as apostrophes. */
    protected HttpResponse<String> post(String tenant, String path, String body) {
        return send(request(tenant, path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }

    /** Posts as {@link #post} does, all bodies at the same time, and returns the statuses of the answers. */
    protected List<Integer> atOnce(String path, List<String> bodies) {
        List<CompletableFuture<HttpResponse<Void>>> answers = bodies.stream()
                .map(body -> request(ALPHA, path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                        .build())
                .map(request -> HTTP.sendAsync(request, HttpResponse.BodyHandlers.discarding()))
                .toList();
        return answers.stream().map(answer -> answer.join().statusCode()).toList();
    }

    protected static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    /** Id of a checked file of {@code rows} short chats of the tenant. */
    protected String file(String tenant, int rows) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            lines.append("{\"messages\": [{\"role\": \"user\", \"content\": \"Sort the words: river apple ")
                    .append(i)
                    .append("\"}, {\"role\": \"assistant\", \"content\": \"apple river ")
                    .append(i)
                    .append("\"}]}\n");
        }
        return file(tenant, FilePurpose.FINE_TUNE, lines.toString());
    }

    /** Id of a file of the tenant whose checks have ended. */
    protected String file(String tenant, FilePurpose purpose, String content) {
        String id = stored(tenant, "rows.jsonl", purpose, content.getBytes(StandardCharsets.UTF_8));
        await(() -> files.require(tenant, id).status() != FileStatus.UPLOADED);
        return id;
    }

    /** Id of a file of the tenant that has not been checked. */
    protected String stored(String tenant, String name, FilePurpose purpose, byte[] content) {
        try {
            ReceivedFile received = intake.receive(tenant, name, new ByteArrayInputStream(content));
            return intake.complete(received, purpose, null).id();
        } catch (IOException e) {
            throw new AssertionError("a file could not be stored", e);
        }
    }

    /** The first lines of a dataset of the demonstration. */
    protected static String rows(String name, int count) throws IOException {
        return java.nio.file.Files.readAllLines(
                        Path.of("src/main/resources/demo").resolve(name))
                .stream()
                .limit(count)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Waits for what other threads of the service do. */
    protected static void await(BooleanSupplier condition) {
        awaitValue(condition::getAsBoolean, Boolean::booleanValue);
    }

    /** Waits for a value to be as wanted and returns that value, not one that is read after it. */
    protected static <T> T awaitValue(Supplier<T> value, java.util.function.Predicate<T> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        T read = value.get();
        while (!wanted.test(read)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not come true within " + PATIENCE + ": " + read);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(20).toNanos());
            read = value.get();
        }
        return read;
    }

    /** Creates a job and returns its id once it is queued. {@code moreKeys} begin with a comma. */
    protected String queuedJob(String tenant, String file, String moreKeys) {
        HttpResponse<String> created = post(
                tenant,
                "/v1/fine_tuning/jobs",
                "{'model': 'anneal-tiny', 'training_file': '" + file + "'" + moreKeys + "}");
        if (created.statusCode() != 200) {
            throw new AssertionError(created.body());
        }
        String id = json(created).path("id").asString();
        await(() -> !job(tenant, id).path("status").asString().equals("validating_files"));
        return id;
    }

    protected JsonNode job(String tenant, String id) {
        return json(get(tenant, "/v1/fine_tuning/jobs/" + id));
    }

    /** Internal key of the work of a job, an export or an evaluation. */
    protected static long workOf(String table, String id) {
        return TestDatabase.administrator()
                .sql("SELECT work_id FROM " + table + " WHERE external_id = :id")
                .param("id", id)
                .query(Long.class)
                .single();
    }

    /** Has claimed the next training and started it from its newest checkpoint. */
    protected PlayedWorker playedWorker() {
        return PlayedWorker.claim(leases, trainings, intake);
    }

    /**
     * A checkpoint of step 30 of a finished job arrives late, which prunes its older ones.
     *
     * @param working worker in whose lease it is written
     */
    protected void arrivesLate(String job, PlayedWorker working) {
        long work = workOf("job", job);
        Progress.CheckpointSaved saved = new Progress.CheckpointSaved(30, 0, "/local/checkpoint", 1234);
        leases.working(
                working.lease(),
                Duration.ofMinutes(5),
                () -> trainings.write(work, List.of(saved), key -> "alpha/again", 1));
    }
}
