package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/**
 * Twenty jobs of three tenants on real workers in processes of their own, one of which is killed and one stopped for
 * longer than its lease: every job ends once, and what was interrupted ends with the same bits as what was not.
 */
@SystemTest
@TestPropertySource(
        properties = {
            "anneal.api-keys=alpha:alpha-key-0123456789,beta:beta-key-0123456789,gamma:gamma-key-0123456789",
            "anneal.queue.lease=10s",
            "anneal.queue.heartbeat-interval=3s",
            "anneal.queue.safety-margin=2s",
            "anneal.queue.scan-interval=2s",
            "anneal.queue.retry-delay=100ms"
        })
class ClusterIT extends ServiceTest {

    private static final List<String> TENANTS = List.of("alpha", "beta", "gamma");
    private static final int JOBS = 20;
    private static final int LONG = 80;
    private static final int SHORT = 4;

    /** A checkpoint row in the folder of an attempt that had ended before the row was written. */
    private static final String PUBLISHED_AFTER_THE_END = """
            checkpoint
            JOIN job ON job.id = checkpoint.job_id
            JOIN attempt ON attempt.work_id = job.work_id
                        AND checkpoint.directory LIKE '%/attempt-' || attempt.lease_token || '/%'
            WHERE checkpoint.created_at > attempt.ended_at
            """;

    @TempDir
    private Path folder;

    @Autowired
    private Environment environment;

    private final List<ServiceJvm> workers = new ArrayList<>();
    private final Map<String, List<String>> jobs = new HashMap<>();

    @AfterEach
    void endWorkers() {
        workers.forEach(ServiceJvm::close);
    }

    @Test
    void everyJobEndsOnceAlthoughOneWorkerIsKilledAndOneIsStopped() throws Exception {
        createJobs();
        ServiceJvm killed = worker("killed");
        ServiceJvm stopped = worker("stopped");

        Waiting.until(() -> savedBy("killed").isPresent());
        killed.signal("KILL");
        Waiting.until(() -> savedBy("stopped").isPresent());
        stopped.signal("STOP");
        long interrupted = savedBy("stopped").orElseThrow();
        ServiceJvm successor = worker("successor");
        Waiting.until(() -> lostAttempts(interrupted) == 1);
        stopped.signal("CONT");

        Waiting.until(() -> stopped.counter("anneal_job_lease_lost_total") >= 1);
        Waiting.until(() -> states().equals(Map.of("SUCCEEDED", (long) JOBS)));
        assertThat(count("attempt WHERE outcome = 'SUCCEEDED'")).isEqualTo(JOBS);
        assertThat(count("attempt WHERE outcome = 'LOST'")).isGreaterThanOrEqualTo(2);
        assertThat(count("tuned_model")).isEqualTo(JOBS);
        assertThat(count("file WHERE purpose = 'fine-tune-results' AND content = 'STORED'"))
                .isEqualTo(JOBS);
        assertThat(count(PUBLISHED_AFTER_THE_END)).isZero();
        assertThat(adapters()).hasSize(2);
        drainsInOrder(successor);
    }

    /** The longest first for each tenant, so that they run when the workers are disturbed. */
    private void createJobs() throws IOException {
        String rows = rows("tickets.train.jsonl", 24);
        Map<String, String> files = new HashMap<>();
        for (String tenant : TENANTS) {
            files.put(tenant, file(tenant, FilePurpose.FINE_TUNE, rows));
        }
        for (int number = 0; number < JOBS; number++) {
            String tenant = TENANTS.get(number % TENANTS.size());
            boolean isLong = number < TENANTS.size();
            String job = queuedJob(
                    tenant,
                    files.get(tenant),
                    ", 'seed': 11, 'hyperparameters': {'batch_size': 4}, 'anneal': {'max_steps': %d, 'checkpoint_interval': %d, 'priority': %d}"
                            .formatted(isLong ? LONG : SHORT, isLong ? 5 : 2, isLong ? 0 : 5));
            jobs.computeIfAbsent(tenant, each -> new ArrayList<>()).add(job);
        }
    }

    private ServiceJvm worker(String name) throws IOException {
        Map<String, String> properties = SharedProperties.ofWorker(environment, folder.resolve(name));
        properties.put("anneal.storage.directory", SharedProperties.storageDirectory(environment));
        ServiceJvm worker = ServiceJvm.start("worker", name, properties);
        workers.add(worker);
        return worker;
    }

    /** SIGTERM: nothing is left to give back, so it ends at once. */
    private static void drainsInOrder(ServiceJvm worker) throws IOException, InterruptedException {
        worker.signal("TERM");

        assertThat(worker.awaitExit()).isZero();
    }

    /** Work that the worker runs now and has saved a checkpoint of. */
    private static Optional<Long> savedBy(String worker) {
        return TestDatabase.administrator()
                .sql("""
                        SELECT work.id FROM work JOIN lease ON lease.work_id = work.id
                        WHERE work.lease_owner = ? AND lease.saved_step BETWEEN 5 AND 60
                        """)
                .param(worker)
                .query(Long.class)
                .optional();
    }

    private static long lostAttempts(long work) {
        return count("attempt WHERE outcome = 'LOST' AND work_id = " + work);
    }

    private static Map<String, Long> states() {
        return TestDatabase.administrator()
                .sql("SELECT state, count(*) FROM work GROUP BY state")
                .query((row, number) -> Map.entry(row.getString(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static long count(String from) {
        return TestDatabase.administrator()
                .sql("SELECT count(*) FROM " + from)
                .query(Long.class)
                .single();
    }

    /** The different contents of all final adapters: one of the long jobs, one of the short ones. */
    private List<String> adapters() {
        return jobs.entrySet().stream()
                .flatMap(each -> each.getValue().stream().map(job -> adapter(each.getKey(), job)))
                .distinct()
                .toList();
    }

    private String adapter(String tenant, String job) {
        JsonNode trained = job(tenant, job);
        assertThat(trained.path("status").asString()).isEqualTo("succeeded");
        String directory = TestDatabase.administrator()
                .sql("""
                        SELECT directory FROM checkpoint JOIN job ON job.id = checkpoint.job_id
                        WHERE job.external_id = ? ORDER BY step DESC LIMIT 1
                        """)
                .param(job)
                .query(String.class)
                .single();
        Path file = Path.of(environment.getRequiredProperty("anneal.storage.directory"))
                .resolve(directory)
                .resolve("adapter.safetensors");
        try {
            return Sha256.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
