package dev.anneal.service.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.results.export.ExportRemoval;
import dev.anneal.service.results.export.Exports;
import dev.anneal.service.storage.TestStores;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.PastHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * Checkpoints and exports go when their time is over, where a setting or an administrator says so; what is in use
 * stays.
 */
class ExpirySweepIT extends ServiceTest {

    @Autowired
    private ExportJournal journal;

    @Autowired
    private Checkpoints checkpoints;

    @Autowired
    private ExportRemoval removal;

    @Autowired
    private Exports clientsExports;

    @Autowired
    private Retentions retentions;

    @Autowired
    private PastHistory history;

    @TempDir
    private Path root;

    private final List<String> removed = new ArrayList<>();
    private String job = "";

    @BeforeEach
    void train() {
        job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().steps(1, 6).checkpoint(2).checkpoint(4).checkpoint(6).finish(6);
    }

    @Test
    void everythingIsKeptByDefault() {
        exported();
        age(10_000);

        sweep(Retention.NONE);

        assertThat(steps()).containsExactly(2, 4, 6, 30);
        assertThat(removed).isEmpty();
    }

    @Test
    void intermediateCheckpointsOfAnEndedJobGoUnlessTheyAreUsed() throws IOException {
        Path used = folder("attempt-1/checkpoint-4");
        Path old = folder("attempt-1/checkpoint-6");
        Path last = folder("attempt-1/checkpoint-30");
        post(ALPHA, exports(), "{'kind': 'training_state', 'checkpoint': '" + checkpoint(4) + "'}");
        age(13);
        sweep(new Retention(14, null));
        assertThat(steps()).containsExactly(2, 4, 6, 30);

        age(2);
        sweep(new Retention(14, null));

        assertThat(steps()).containsExactly(4, 30);
        assertThat(old).doesNotExist();
        assertThat(used).exists();
        assertThat(last).exists();
        assertThat(removed).containsExactly("CHECKPOINT 1234", "CHECKPOINT 1234");
    }

    /** The newest steps, those of checkpoints and the job itself are shown as before. */
    @Test
    void historyOfAnEndedJobGoesButForWhatJobAndCheckpointsShow() {
        String path = "/v1/fine_tuning/jobs/" + job;
        age(399);
        assertThat(history.forget(400)).isZero();

        age(2);
        JsonNode jobBefore = job(ALPHA, job);
        String checkpointsBefore = get(ALPHA, path + "/checkpoints").body();
        assertThat(history.forget(400)).isPositive();

        assertThat(json(get(ALPHA, path + "/events")).path("data")).isEmpty();
        assertThat(json(get(ALPHA, path + "/metrics"))
                        .path("data")
                        .valueStream()
                        .map(row -> row.path("step").asInt()))
                .startsWith(2, 4, 6, 11, 12)
                .endsWith(30);
        assertThat(get(ALPHA, path + "/checkpoints").body()).isEqualTo(checkpointsBefore);
        assertThat(job(ALPHA, job)).isEqualTo(jobBefore);
        assertThat(history.forget(400)).isZero();
    }

    @Test
    void whatAnAdministratorSaysForOneTenantGoesBeforeTheSettings() {
        age(20);
        retentions.save(ALPHA, new Retention(36_500, null));
        sweep(new Retention(14, null));
        assertThat(steps()).hasSize(4);

        retentions.save(ALPHA, new Retention(10, null));
        sweep(Retention.NONE);

        assertThat(steps()).containsExactly(30);
    }

    @Test
    void exportIsFoundNoMoreAndAPageStillBeginsBehindIt() throws IOException {
        String old = exported();
        Path files = folder(old + "-1");
        age(91);
        post(ALPHA, exports(), "{'kind': 'training_state'}");

        sweep(new Retention(null, 90));

        assertThat(get(ALPHA, exports() + "/" + old).statusCode()).isEqualTo(404);
        assertThat(json(get(ALPHA, exports())).path("data")).hasSize(1);
        assertThat(json(get(ALPHA, exports() + "?order=asc&after=" + old)).path("data"))
                .hasSize(1);
        assertThat(files).doesNotExist();
        assertThat(removed).containsExactly("EXPORT 77");
        assertThat(count("SELECT count(*) FROM work WHERE kind = 'EXPORT'")).isEqualTo(1);
        assertThat(json(post(ALPHA, exports(), "{'kind': 'merged'}")).path("id").asString())
                .isNotEqualTo(old);
    }

    @Test
    void exportStaysWhileItIsEvaluatedAndTheEvaluationStaysWithoutIt() {
        String export = exported();
        String evaluation = json(post(
                        ALPHA,
                        "/v1/fine_tuning/evaluations",
                        "{'export': '" + export + "', 'test_file': '" + file(ALPHA, 20) + "'}"))
                .path("id")
                .asString();
        age(91);
        sweep(new Retention(null, 90));
        assertThat(removed).isEmpty();

        assertThat(post(ALPHA, "/v1/fine_tuning/evaluations/" + evaluation + "/cancel", "")
                        .statusCode())
                .isEqualTo(200);
        sweep(new Retention(null, 90));

        assertThat(removed).containsExactly("EXPORT 77");
        assertThat(json(get(ALPHA, "/v1/fine_tuning/evaluations/" + evaluation)).toString())
                .contains(export);
    }

    @Test
    void exportStaysThatAClientIsTakingIntoUse() {
        String export = exported();
        age(91);

        tenants.run(ALPHA, () -> {
            assertThat(clientsExports.lockForUse(export)).isPresent();
            CompletableFuture.runAsync(() -> sweep(new Retention(null, 90))).join();
        });
        assertThat(removed).isEmpty();

        sweep(new Retention(null, 90));
        assertThat(removed).containsExactly("EXPORT 77");
    }

    @Test
    void whatCannotBeRemovedDoesNotKeepTheRest() {
        exported();
        age(91);

        sweep(new Retention(14, 90), (kind, bytes) -> {
            if (kind == RetentionListener.Deleted.EXPORT) {
                throw new IllegalStateException("no meter");
            }
            removed.add(kind + " " + bytes);
        });

        assertThat(steps()).containsExactly(30);
        assertThat(removed).hasSize(3).containsOnly("CHECKPOINT 1234");
    }

    private void sweep(Retention defaults) {
        sweep(defaults, (kind, bytes) -> removed.add(kind + " " + bytes));
    }

    private void sweep(Retention defaults, RetentionListener listener) {
        new ExpirySweep(
                        system,
                        new ExpiredArtifacts(jdbc, system, keeping(defaults)),
                        checkpoints,
                        removal,
                        TestStores.at(root),
                        listener)
                .runOnce();
    }

    private static RetentionProperties keeping(Retention defaults) {
        return new RetentionProperties(
                days(defaults.intermediateCheckpointsDays()),
                days(defaults.exportsDays()),
                null,
                "1d",
                "7d",
                Duration.ofDays(1));
    }

    private static @Nullable Duration days(@Nullable Integer days) {
        return days == null ? null : Duration.ofDays(days);
    }

    private String exports() {
        return "/v1/fine_tuning/jobs/" + job + "/exports";
    }

    private String exported() {
        String id =
                json(post(ALPHA, exports(), "{'kind': 'merged'}")).path("id").asString();
        Claim claim = leases.claim(Claimants.of("w", Slot.LIGHT, Set.of("merged"), Set.of()))
                .orElseThrow();
        Progress.Exported.File file = new Progress.Exported.File("model.safetensors", 77, "0".repeat(64));
        leases.succeed(
                claim.lease(),
                () -> journal.completed(
                        claim.lease().workId(),
                        new Progress.Exported("{}", List.of(file)),
                        "alpha/" + job + "/" + id + "-1"));
        return id;
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(root.resolve(ALPHA).resolve(job).resolve(name));
    }

    private static String checkpoint(int step) {
        return TestDatabase.administrator()
                .sql("SELECT external_id FROM checkpoint WHERE step = ?")
                .param(step)
                .query(String.class)
                .single();
    }

    private static List<Integer> steps() {
        return TestDatabase.administrator()
                .sql("SELECT step FROM checkpoint ORDER BY step")
                .query(Integer.class)
                .list();
    }

    private static long count(String query) {
        return TestDatabase.administrator().sql(query).query(Long.class).single();
    }

    private static void age(int days) {
        TestDatabase.administrator()
                .sql(
                        "UPDATE work SET finished_at = finished_at - make_interval(days => ?) WHERE finished_at IS NOT NULL")
                .param(days)
                .update();
    }
}
