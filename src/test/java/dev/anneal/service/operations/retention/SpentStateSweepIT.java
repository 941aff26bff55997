package dev.anneal.service.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.TestStores;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.EndedJobs;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.JsonNode;

/**
 * Of an ended job's checkpoints stays what can be used again: the newest whole, annealed ones without the optimizer's
 * state. #17
 */
class SpentStateSweepIT extends ServiceTest {

    @Autowired
    private Checkpoints checkpoints;

    @Autowired
    private EndedJobs ended;

    @Autowired
    private Retentions retentions;

    @TempDir
    private Path root;

    private final List<String> removed = new ArrayList<>();
    private String job = "";

    /** Of 30 steps; beta is 0 from step 24 on. */
    @BeforeEach
    void train() throws IOException {
        job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker()
                .steps(1, 26)
                .checkpoint(2)
                .checkpoint(4)
                .checkpoint(24)
                .checkpoint(26)
                .finish(26);
        for (int step : List.of(2, 4, 24, 26, 30)) {
            Path folder = Files.createDirectories(folder(step));
            Files.writeString(folder.resolve("adapter.safetensors"), "adapter");
            Files.writeString(folder.resolve("optimizer.safetensors"), "optimizer");
        }
    }

    @Test
    void theNewestStaysWholeAnnealedOnesLoseTheirOptimizerAndTheRestGoes() {
        age(2);

        sweep(1);

        assertThat(steps()).containsExactly(24, 26, 30);
        assertThat(folder(2)).doesNotExist();
        assertThat(folder(4)).doesNotExist();
        assertThat(files(24)).containsExactly("adapter.safetensors");
        assertThat(files(26)).containsExactly("adapter.safetensors");
        assertThat(files(30)).containsExactly("adapter.safetensors", "optimizer.safetensors");
        assertThat(removed)
                .containsExactlyInAnyOrder(
                        "CHECKPOINT 1234", "CHECKPOINT 1234", "TRAINING_STATE 9", "TRAINING_STATE 9");
    }

    @Test
    void theListSaysWhatIsLeftAndWhatIsNotIsRefused() {
        age(2);
        sweep(1);

        JsonNode data =
                json(get(ALPHA, "/v1/fine_tuning/jobs/" + job + "/checkpoints")).path("data");
        assertThat(data.valueStream()
                        .map(each -> each.path("step_number").asInt() + " "
                                + each.path("anneal").path("resumable").asBoolean()))
                .containsExactly("30 true", "26 false", "24 false");
        HttpResponse<String> refused = export("training_state", data.path(1));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).path("error").path("code").asString()).isEqualTo("training_state_deleted");
        assertThat(refused.body()).contains("newest checkpoint");
        assertThat(export("adapter", data.path(1)).statusCode()).isEqualTo(202);
        assertThat(export("training_state", data.path(0)).statusCode()).isEqualTo(202);
        assertThat(count("SELECT sum(bytes) FROM checkpoint")).isEqualTo(3 * 1234 - 2 * 9);
    }

    @Test
    void whileOneLosesItsStateTheOthersCanBeUsed() {
        List<Integer> usable = system.call(() -> {
            Checkpoints.Spent first =
                    checkpoints.spent(count("SELECT id FROM job")).get(0);
            assertThat(checkpoints.retire(first, 9)).isTrue();
            return TestDatabase.administrator()
                    .sql("SELECT step FROM checkpoint ORDER BY step FOR KEY SHARE SKIP LOCKED")
                    .query(Integer.class)
                    .list();
        });

        assertThat(usable).containsExactly(4, 24, 26, 30);
    }

    @Test
    void aSecondSweepFindsNothing() {
        age(2);
        sweep(1);
        removed.clear();

        sweep(1);

        assertThat(removed).isEmpty();
    }

    @Test
    void nothingGoesBeforeItsTimeOrFromAJobThatRuns() {
        sweep(1);
        assertThat(steps()).hasSize(5);

        queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().steps(1, 6).checkpoint(5).checkpoint(6);
        age(1000);
        sweep(1);
        assertThat(steps()).contains(5, 6).doesNotContain(2, 4);
    }

    /** The database ends a transaction that is idle for long, and a bucket may take long. */
    @Test
    void theStoreIsNotAskedWithinATransaction() {
        age(2);
        List<String> within = new ArrayList<>();

        sweep(1, watched(List.of("size", "deleteFrom"), () -> {
            if (TransactionSynchronizationManager.isActualTransactionActive()) {
                within.add("asked");
            }
        }));

        assertThat(within).isEmpty();
        assertThat(files(24)).containsExactly("adapter.safetensors");
    }

    @Test
    void stateThatTheStoreDidNotDeleteIsOfNoUseAndDeletedByTheNextSweep() {
        age(2);
        sweep(1, watched(List.of("deleteFrom"), () -> {
            throw new StorageException(StorageException.Reason.FAILED, "away", null);
        }));
        assertThat(files(24)).hasSize(2);

        sweep(1);

        assertThat(files(24)).containsExactly("adapter.safetensors");
        assertThat(files(26)).containsExactly("adapter.safetensors");
        assertThat(count("SELECT sum(bytes) FROM checkpoint")).isEqualTo(3 * 1234 - 2 * 9);
    }

    /** The folder's store, which does something before these operations. */
    private ArtifactStore watched(List<String> operations, Runnable before) {
        ArtifactStore store = TestStores.at(root);
        return (ArtifactStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ArtifactStore.class}, (proxy, method, arguments) -> {
                    if (operations.contains(method.getName())) {
                        before.run();
                    }
                    return method.invoke(store, arguments);
                });
    }

    @Test
    void neverMeansNever() {
        age(1000);

        sweep(null);

        assertThat(steps()).hasSize(5);
        assertThat(files(2)).hasSize(2);
    }

    @Test
    void whatAnExportUsesStaysWithItsStateWhereItAskedForThat() {
        JsonNode data =
                json(get(ALPHA, "/v1/fine_tuning/jobs/" + job + "/checkpoints")).path("data");
        assertThat(export("training_state", data.path(4)).statusCode()).isEqualTo(202);
        assertThat(export("training_state", data.path(2)).statusCode()).isEqualTo(202);
        age(2);

        sweep(1);

        assertThat(steps()).containsExactly(2, 24, 26, 30);
        assertThat(files(2)).hasSize(2);
        assertThat(files(24)).hasSize(2);
        assertThat(files(26)).hasSize(1);
    }

    @Test
    void whereAnAdministratorHasSaidHowLongCheckpointsAreKeptThatHolds() {
        age(2);
        retentions.save(ALPHA, new Retention(14, null));

        sweep(1);

        assertThat(steps()).hasSize(5);
        assertThat(removed).isEmpty();
    }

    private HttpResponse<String> export(String kind, JsonNode checkpoint) {
        return post(
                ALPHA,
                "/v1/fine_tuning/jobs/" + job + "/exports",
                "{'kind': '" + kind + "', 'checkpoint': '"
                        + checkpoint.path("id").asString() + "'}");
    }

    private void sweep(@Nullable Integer days) {
        sweep(days, TestStores.at(root));
    }

    private void sweep(@Nullable Integer days, ArtifactStore store) {
        new SpentStateSweep(
                        system,
                        ended,
                        checkpoints,
                        store,
                        (kind, bytes) -> removed.add(kind + " " + bytes),
                        new RetentionProperties(
                                null, null, null, days == null ? "never" : days + "d", "7d", Duration.ofDays(1)))
                .runOnce();
    }

    private Path folder(int step) {
        return root.resolve(ALPHA).resolve(job).resolve("attempt-1/checkpoint-" + step);
    }

    private List<String> files(int step) {
        try (var files = Files.list(folder(step))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
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
                .sql("UPDATE work SET finished_at = finished_at - make_interval(days => ?)")
                .param(days)
                .update();
    }
}
