package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.TrainTask;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.FakeEngine;
import dev.anneal.service.platform.process.FakeEngine.Misdeed;
import dev.anneal.service.platform.process.FakeTasks;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.worker.assignment.Assignments;
import dev.anneal.service.worker.assignment.AttemptInputs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** What clients and Prometheus see of trainings that a worker runs; only the arithmetic is pretended. */
@TestPropertySource(
        properties = {
            "anneal.roles=api,worker",
            "anneal.home=target/test-${anneal.test.fork:1}/home-worker",
            "anneal.checkpoints.kept=3",
            "anneal.worker.poll-interval=100ms",
            "anneal.worker.publish-interval=100ms",
            "anneal.queue.retry-delay=10ms",
            "anneal.queue.heartbeat-interval=300ms"
        })
@Import(TrainingRunIT.FakeEngines.class)
class TrainingRunIT extends ServiceTest {

    private static final Path BEHAVIOUR =
            Path.of("target", "fake-engine-behaviour").toAbsolutePath();

    @Autowired
    private Assignments assignments;

    @LocalManagementPort
    private int managementPort;

    @Autowired
    @Value("${anneal.storage.directory}")
    private Path artifacts;

    @BeforeEach
    void behaveWell() throws IOException {
        Files.deleteIfExists(BEHAVIOUR);
    }

    private static void behave(Map<String, String> behaviour) throws IOException {
        List<String> lines = behaviour.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .toList();
        Files.write(BEHAVIOUR, lines);
    }

    @Test
    void aJobEndsWithItsModelItsResultFileAndItsNewestCheckpoints() {
        String id = queuedJob(ALPHA, file(ALPHA, 10), settings(20, 2));

        JsonNode job = ended(id);

        assertThat(job.path("status").asString()).isEqualTo("succeeded");
        assertThat(job.path("fine_tuned_model").asString()).startsWith("ft:anneal-tiny:alpha:");
        assertThat(job.path("trained_tokens").asInt()).isEqualTo(2000);
        List<String> result = json(get(
                        ALPHA, "/v1/files/" + job.path("result_files").get(0).asString()))
                .findValuesAsString("purpose");
        assertThat(result).containsExactly("fine-tune-results");
        String csv = get(ALPHA, "/v1/files/" + job.path("result_files").get(0).asString() + "/content")
                .body();
        assertThat(csv.lines()).hasSize(21);
        JsonNode checkpoints = json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/checkpoints"));
        assertThat(checkpoints.findValuesAsString("step_number")).containsExactly("20", "18", "16");
        assertThat(artifacts
                        .resolve("alpha")
                        .resolve(id)
                        .resolve("attempt-1")
                        .toFile()
                        .list())
                .containsExactlyInAnyOrder("checkpoint-20", "checkpoint-18", "checkpoint-16");
    }

    @Test
    void aDraftIsTrainedBesideItsTarget() {
        String file = file(ALPHA, 10);
        String target = ended(queuedJob(ALPHA, file, settings(4, 2)))
                .path("fine_tuned_model")
                .asString();
        String draft = "'speculative_draft': {'kind': 'model', 'draft_model': 'anneal-tiny'}";
        String id = json(post(
                        ALPHA,
                        "/v1/fine_tuning/jobs",
                        "{'model': '%s', 'training_file': '%s', 'method': {'type': 'speculative_draft', %s}, 'anneal': {'max_steps': 2}}"
                                .formatted(target, file, draft)))
                .path("id")
                .asString();
        await(() -> !job(ALPHA, id).path("status").asString().equals("validating_files"));
        assertThat(ended(id).path("status").asString()).isEqualTo("succeeded");

        TrainTask task = task(id);

        ServedModel verifying = Objects.requireNonNull(task.target());
        assertThat(verifying.base().directory()).isEqualTo(task.model().directory());
        assertThat(verifying.checkpointDirectory()).endsWith("/attempt-1/checkpoint-4");
        assertThat(task.settings().method().verifiedBy()).isEqualTo(target);
    }

    /** The task that another attempt of the job would get. */
    private TrainTask task(String job) {
        Claim claim = new Claim(
                new Lease(workOf("job", job), 2, UUID.randomUUID()),
                ALPHA,
                WorkKind.TRAIN,
                "speculative_draft",
                Duration.ZERO,
                Instant.EPOCH,
                null,
                List.of(),
                new Claim.Part(0, 1, 1));
        try (AttemptInputs inputs = new AttemptInputs(() -> true)) {
            return (TrainTask) assignments.prepare(claim, "cpu", inputs).task();
        }
    }

    @Test
    void prometheusSeesBetaFallAndTheSeriesGo() throws IOException {
        behave(Map.of("FAKE_STEP_MILLIS", "50"));
        String id = queuedJob(ALPHA, file(ALPHA, 10), settings(60, 30));

        double first = awaitValue(() -> gauge("anneal_train_beta"), beta -> beta <= 1);
        double later = awaitValue(() -> gauge("anneal_train_beta"), beta -> beta < first);

        assertThat(later).isBetween(0.0, first);
        assertThat(metrics())
                .contains("anneal_worker_job_info{job_id=\"" + id
                        + "\",method=\"supervised\",model=\"anneal-tiny\",slot=\"0\"} 1")
                .contains("anneal_worker_busy 1.0")
                .contains("anneal_build_info{component=\"worker\"")
                .contains("anneal_jobs{state=\"running\"}");
        ended(id);
        await(() -> !metrics().contains("anneal_train_beta{"));
        assertThat(metrics())
                .doesNotContain("anneal_worker_job_info{")
                .contains("anneal_train_steps_total{method=\"supervised\"}");
    }

    @Test
    void aFailureOfTheInputIsTheJobsError() throws IOException {
        behave(FakeEngine.misbehaving(Misdeed.BAD_INPUT, 5));
        String id = queuedJob(ALPHA, file(ALPHA, 10), settings(20, 2));

        JsonNode job = ended(id);

        assertThat(job.path("status").asString()).isEqualTo("failed");
        assertThat(job.path("error").path("code").asString()).isEqualTo("non_finite_loss");
        assertThat(job.path("error").path("message").asString()).contains("step 5");
        assertThat(json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/checkpoints"))
                        .findValuesAsString("step_number"))
                .containsExactly("4", "2");
    }

    @Test
    void aDamagedCheckpointCostsTheStepsSinceTheOneBefore() throws IOException {
        behave(Map.of("FAKE_STEP_MILLIS", "50"));
        String id = queuedJob(ALPHA, file(ALPHA, 10), settings(40, 2));
        await(() -> checkpointSteps(id).size() >= 2);
        post(ALPHA, "/v1/fine_tuning/jobs/" + id + "/pause", "");
        await(() -> job(ALPHA, id).path("anneal").path("state").asString().equals("paused"));
        List<Integer> steps = checkpointSteps(id);
        Path attempt = artifacts.resolve("alpha").resolve(id).resolve("attempt-1");
        Files.writeString(attempt.resolve("checkpoint-" + steps.get(0)).resolve("state"), "0 0");

        post(ALPHA, "/v1/fine_tuning/jobs/" + id + "/resume", "");

        assertThat(ended(id).path("status").asString()).isEqualTo("succeeded");
        assertThat(json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/events?limit=100"))
                        .findValuesAsString("message"))
                .anyMatch(
                        message -> message.startsWith("Training goes on from the checkpoint of step " + steps.get(1)));
        assertThat(FakeEngine.stateIn(artifacts.resolve("alpha").resolve(id).resolve("attempt-2/checkpoint-40")))
                .isEqualTo(FakeEngine.stateAfter(7, 40));
    }

    @Test
    void aJobWaitsForAFileThatIsGoneAndItsEventsSayWhy() throws IOException {
        behave(Map.of("FAKE_STEP_MILLIS", "50"));
        String file = file(ALPHA, 10);
        String id = queuedJob(ALPHA, file, settings(100, 2));
        await(() -> !checkpointSteps(id).isEmpty());
        post(ALPHA, "/v1/fine_tuning/jobs/" + id + "/pause", "");
        await(() -> job(ALPHA, id).path("anneal").path("state").asString().equals("paused"));
        Path stored = artifacts.resolve("alpha").resolve("files").resolve(file);
        Path aside = Files.move(stored, artifacts.resolve("aside"));
        double failed = failedTrainings();

        post(ALPHA, "/v1/fine_tuning/jobs/" + id + "/resume", "");

        JsonNode waiting = awaitValue(
                () -> job(ALPHA, id),
                job -> job.at("/anneal/waiting_for/code").asString().equals("artifact_not_available"));
        assertThat(waiting.path("status").asString()).isEqualTo("queued");
        assertThat(json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/events?limit=100"))
                        .findValuesAsString("message"))
                .anyMatch(message -> message.startsWith("The job waits because of artifact_not_available"));

        Files.move(aside, stored);

        assertThat(ended(id).path("status").asString()).isEqualTo("succeeded");
        assertThat(failedTrainings()).isEqualTo(failed);
    }

    private static String settings(int steps, int checkpointInterval) {
        return ", 'seed': 7, 'anneal': {'max_steps': %d, 'checkpoint_interval': %d}"
                .formatted(steps, checkpointInterval);
    }

    private JsonNode ended(String id) {
        return awaitValue(
                () -> job(ALPHA, id),
                job -> List.of("succeeded", "failed", "cancelled")
                        .contains(job.path("status").asString()));
    }

    private static List<Integer> checkpointSteps(String jobId) {
        return TestDatabase.administrator()
                .sql("""
                        SELECT checkpoint.step FROM checkpoint JOIN job ON job.id = checkpoint.job_id
                        WHERE job.external_id = ? ORDER BY checkpoint.step DESC
                        """)
                .param(jobId)
                .query(Integer.class)
                .list();
    }

    private String metrics() {
        return send(
                        HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + managementPort + "/actuator/prometheus")),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Supervised trainings that have failed, whoever's fault it was. */
    private double failedTrainings() {
        return metrics()
                .lines()
                .filter(line -> line.startsWith("anneal_jobs_finished_total{")
                        && line.contains("method=\"supervised\"")
                        && line.contains("outcome=\"failed\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf('}') + 2)))
                .sum();
    }

    /** Value of a gauge of the only slot that trains, or NaN. */
    private double gauge(String name) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .map(line -> Double.parseDouble(line.substring(line.indexOf('}') + 2)))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** Engines that misbehave as the test wishes when they are started. */
    @TestConfiguration(proxyBeanMethods = false)
    static class FakeEngines {

        @Bean
        @Primary
        EngineLauncher fakeEngineLauncher(@Value("${anneal.home}") Path home) {
            return FakeTasks.launcher(home, Map.of("FAKE_FILE", BEHAVIOUR.toString()));
        }
    }
}
