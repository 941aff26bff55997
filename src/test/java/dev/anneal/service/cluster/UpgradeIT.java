package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;

/**
 * An installation in the middle of an upgrade: the schema is this version's, while processes of the version before
 * still run. Needs that version's jar, which {@code src/test/upgrade/run.sh} builds.
 */
@SystemTest
@EnabledIfSystemProperty(named = UpgradeIT.PREVIOUS, matches = ".+", disabledReason = "src/test/upgrade/run.sh runs it")
class UpgradeIT extends ServiceTest {

    static final String PREVIOUS = "anneal.upgrade.previous-jar";

    @TempDir
    private Path folder;

    @Autowired
    private Environment environment;

    private final List<ServiceJvm> processes = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        processes.forEach(ServiceJvm::close);
    }

    @Test
    void previousWorkerTrainsAndMergesWhatThisVersionAsksFor() throws IOException {
        processes.add(ServiceJvm.startJar(previous(), "worker", "previous", properties("previous-worker")));

        String job = queuedJob(ALPHA, tickets(), ", 'anneal': {'max_steps': 4}");
        Waiting.until(() -> isFinal(job(ALPHA, job)));
        assertThat(job(ALPHA, job).path("status").asString())
                .as(job(ALPHA, job).toString())
                .isEqualTo("succeeded");

        String export = json(post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/merge", ""))
                .path("id")
                .asString();
        String path = "/v1/fine_tuning/jobs/" + job + "/exports/" + export;
        Waiting.until(() -> isFinal(json(get(ALPHA, path))));
        assertThat(json(get(ALPHA, path)).path("status").asString()).isEqualTo("succeeded");
    }

    @Test
    void workerOfThisVersionTrainsWhatThePreviousAsksFor() throws IOException {
        String file = tickets();
        Map<String, String> ofApi = properties("previous-api");
        int port = ServiceJvm.freePort();
        ofApi.put("server.port", Integer.toString(port));
        ServiceJvm api = ServiceJvm.startJar(previous(), "api", "previous", ofApi);
        processes.add(api);
        URI jobs = URI.create("http://127.0.0.1:" + port + "/v1/fine_tuning/jobs");
        Waiting.until(() -> api.isAlive() && api.answers());

        processes.add(ServiceJvm.start("worker", "this", properties("this-worker")));
        String job = json(send(authorized(jobs)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"model\": \"anneal-tiny\", \"training_file\": \"%s\", \"anneal\": {\"max_steps\": 4}}"
                                        .formatted(file)))))
                .path("id")
                .asString();
        URI one = URI.create(jobs + "/" + job);
        Waiting.until(() -> isFinal(json(plain(authorized(one)))));

        JsonNode ended = json(plain(authorized(one)));
        assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("succeeded");
        assertThat(ended.path("fine_tuned_model").asString()).startsWith("ft:anneal-tiny:alpha:");
    }

    private static Path previous() {
        return Path.of(System.getProperty(PREVIOUS)).toAbsolutePath();
    }

    /** The previous version answers as its own description says, not as this one's. */
    private static HttpResponse<String> plain(HttpRequest.Builder request) {
        return send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder authorized(URI uri) {
        return HttpRequest.newBuilder(uri).header("Authorization", "Bearer alpha-key-0123456789");
    }

    private static boolean isFinal(JsonNode object) {
        return List.of("succeeded", "failed", "cancelled")
                .contains(object.path("status").asString());
    }

    private String tickets() throws IOException {
        return file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 24));
    }

    private Map<String, String> properties(String name) {
        Map<String, String> properties = SharedProperties.of(environment);
        properties.put("anneal.storage.directory", SharedProperties.storageDirectory(environment));
        properties.put("anneal.home", folder.resolve(name).toString());
        properties.put("anneal.engine.heap", "256MB");
        properties.put("anneal.engine.threads", "1");
        return properties;
    }
}
