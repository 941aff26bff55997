package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.storage.s3.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/**
 * Two machines that share nothing but database and bucket: what one had trained when it died, the other goes on with,
 * to the same bits.
 */
@SystemTest
@TestPropertySource(
        properties = {
            "anneal.storage.type=s3",
            "anneal.storage.cache.directory=target/test-${anneal.test.fork:1}/home/artifact-cache-of-api",
            "anneal.queue.lease=10s",
            "anneal.queue.heartbeat-interval=3s",
            "anneal.queue.safety-margin=2s",
            "anneal.queue.scan-interval=2s",
            "anneal.queue.retry-delay=100ms"
        })
class BucketResumeIT extends ServiceTest {

    private static final int STEPS = 60;

    /** Written in several parts, of which the first is kept when the machine dies. */
    private static final int ANSWERS = 320;

    private static final String WRITTEN = "The target has written 64 of 320 answers";

    private static final String BUCKET = S3Server.newBucket();
    private static final List<String> STORE =
            List.of("anneal.storage.type", "anneal.storage.s3.bucket", "anneal.storage.s3.endpoint");

    @TempDir
    private Path folder;

    @Autowired
    private Environment environment;

    @Autowired
    private ArtifactStore store;

    private final List<ServiceJvm> workers = new ArrayList<>();

    @DynamicPropertySource
    static void bucket(DynamicPropertyRegistry registry) {
        registry.add("anneal.storage.s3.endpoint", S3Server::endpoint);
        registry.add("anneal.storage.s3.bucket", () -> BUCKET);
    }

    @AfterEach
    void endWorkers() {
        workers.forEach(ServiceJvm::close);
    }

    @Test
    void aJobGoesOnElsewhereFromTheBucketWithTheSameBits() throws Exception {
        String file = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 24));
        String interrupted = job(file);
        ServiceJvm first = worker("first-machine");
        Waiting.until(() -> savedStep(interrupted).orElse(0) >= 10 || hasEnded(interrupted));
        assertThat(hasEnded(interrupted)).isFalse();

        first.signal("KILL");
        assertThat(first.awaitExit()).isNotZero();
        worker("second-machine");
        Waiting.until(() -> hasEnded(interrupted));
        String undisturbed = job(file);
        Waiting.until(() -> hasEnded(undisturbed));

        assertThat(attempts(interrupted)).containsExactly("LOST first-machine", "SUCCEEDED second-machine");
        assertThat(attempts(undisturbed)).containsExactly("SUCCEEDED second-machine");
        assertThat(directories(interrupted)).anyMatch(directory -> directory.endsWith("/attempt-1/checkpoint-10"));
        assertThat(adapter(interrupted)).isEqualTo(adapter(undisturbed));
    }

    /** A machine dies while the target of a draft writes answers: those that it had kept are not written again. */
    @Test
    void answersOfATargetGoOnElsewhereFromTheBucket() throws Exception {
        String file = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", ANSWERS));
        String interrupted = draft(file);
        ServiceJvm first = worker("first-machine");
        Waiting.until(() -> messages(interrupted).contains(WRITTEN) || hasEnded(interrupted));
        first.signal("KILL");
        assertThat(first.awaitExit()).isNotZero();
        assertThat(messages(interrupted)).doesNotContain("written 320 of 320 answers");
        worker("second-machine");
        Waiting.until(() -> hasEnded(interrupted));
        String undisturbed = draft(file);
        Waiting.until(() -> hasEnded(undisturbed));

        assertThat(attempts(interrupted)).containsExactly("LOST first-machine", "SUCCEEDED second-machine");
        assertThat(messages(interrupted).split(WRITTEN, -1)).hasSize(2);
        assertThat(messages(undisturbed)).contains(WRITTEN);
        assertThat(adapter(interrupted)).isEqualTo(adapter(undisturbed));
    }

    private String draft(String file) {
        return queuedJob(ALPHA, file, """
                , 'seed': 11, 'method': {'type': 'speculative_draft', 'speculative_draft': {
                    'kind': 'model', 'draft_model': 'anneal-tiny', 'regenerate': {'max_tokens': 48}}},
                  'anneal': {'max_steps': 4}""");
    }

    private String messages(String job) {
        return String.join(
                "\n",
                json(get(ALPHA, "/v1/fine_tuning/jobs/" + job + "/events?limit=100"))
                        .findValuesAsString("message"));
    }

    private String job(String file) {
        return queuedJob(
                ALPHA,
                file,
                ", 'seed': 11, 'hyperparameters': {'batch_size': 4}, 'anneal': {'max_steps': %d, 'checkpoint_interval': 5}"
                        .formatted(STEPS));
    }

    private ServiceJvm worker(String name) throws IOException {
        Path home = folder.resolve(name);
        Map<String, String> properties = SharedProperties.ofWorker(environment, home);
        STORE.forEach(key -> properties.put(key, environment.getRequiredProperty(key)));
        properties.put("anneal.storage.cache.directory", home.resolve("cache").toString());
        properties.put("anneal.checkpoints.kept", "20");
        ServiceJvm worker = ServiceJvm.start("worker", name, properties);
        workers.add(worker);
        return worker;
    }

    private boolean hasEnded(String id) {
        return Set.of("succeeded", "failed")
                .contains(job(ALPHA, id).path("status").asString());
    }

    private static Optional<Integer> savedStep(String job) {
        return TestDatabase.administrator()
                .sql("SELECT saved_step FROM lease WHERE work_id = ? AND saved_step IS NOT NULL")
                .param(workOf("job", job))
                .query(Integer.class)
                .optional();
    }

    private static List<String> attempts(String job) {
        return TestDatabase.administrator()
                .sql("SELECT outcome || ' ' || worker FROM attempt WHERE work_id = ? ORDER BY lease_token")
                .param(workOf("job", job))
                .query(String.class)
                .list();
    }

    private static List<String> directories(String job) {
        return TestDatabase.administrator()
                .sql("""
                        SELECT directory FROM checkpoint JOIN job ON job.id = checkpoint.job_id
                        WHERE job.external_id = ? ORDER BY step DESC
                        """)
                .param(job)
                .query(String.class)
                .list();
    }

    /** Read by the API's machine, which has not seen it either. */
    private String adapter(String job) throws IOException {
        try (LocalCopy copy = store.localCopy(new ArtifactKey(directories(job).get(0)))) {
            return Sha256.of(copy.path().resolve("adapter.safetensors"));
        }
    }
}
