package dev.anneal.service.worker.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.FinishedWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.queue.lease.Rescuer;
import dev.anneal.service.queue.lease.TestQueue;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.TestStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** What attempts leave in the store goes when their work has ended; what rows refer to, and what still runs, stays. */
class LeftoverSweepIT extends ServiceTest {

    @Autowired
    private Rescuer rescuer;

    @Autowired
    private ExportJournal exports;

    @Autowired
    private FinishedWork finished;

    @TempDir
    private Path root;

    private LeftoverSweep sweep;

    @BeforeEach
    void openStore() {
        ArtifactStore store = TestStores.at(root);
        sweep = new LeftoverSweep(finished, trainings, exports, store);
    }

    @Test
    void aTrainingKeepsItsCheckpointsAndNothingElse() throws IOException {
        String id = lostOnceAndFinished();
        folder(id, "attempt-1/checkpoint-2");
        folder(id, "attempt-1/checkpoint-4");
        folder(id, "attempt-1/.checkpoint-6.tmp");
        folder(id, "attempt-2/checkpoint-30");
        folder(id, "attempt-2/checkpoint-8");
        folder(id, "attempt-2/.checkpoint-9.tmp");
        folder(id, "attempt-3/checkpoint-2");
        sweep.runOnce();
        assertThat(inside(id)).as("it has just ended").hasSize(7);

        age();
        sweep.runOnce();

        assertThat(inside(id))
                .containsExactlyInAnyOrder(
                        "attempt-1/checkpoint-2", "attempt-2/checkpoint-30", "attempt-3/checkpoint-2");
        folder(id, "attempt-1/checkpoint-8");
        sweep.runOnce();
        assertThat(inside(id)).as("it is swept once").contains("attempt-1/checkpoint-8");
    }

    @Test
    void answersOfATargetStayIfTheFailedJobCanBeResumed() throws IOException {
        WorkError crash = WorkError.ofSystem("engine_crashed", "The engine process crashed.");
        String failed = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker crashing = playedWorker().answers(64).answers(128);
        TestDatabase.administrator()
                .sql("UPDATE work SET platform_retries = 100")
                .update();
        crashing.fail(crash);
        String own = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().answers(128).fail(WorkError.ofUser("non_finite_loss", "NaN.", null));
        String finished = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().answers(128).finish(0);
        for (String id : List.of(failed, own, finished)) {
            folder(id, "attempt-1/answers-64");
            folder(id, "attempt-1/answers-128");
        }
        folder(finished, "attempt-1/checkpoint-30");
        age();

        sweep.runOnce();

        assertThat(inside(failed)).containsExactly("attempt-1/answers-128");
        assertThat(inside(own)).isEmpty();
        assertThat(inside(finished)).containsExactly("attempt-1/checkpoint-30");
        assertThat(json(get(ALPHA, "/v1/fine_tuning/jobs/" + failed + "/events"))
                        .findValuesAsString("message"))
                .contains("The target has written 128 of 200 answers");
    }

    @Test
    void aTrainingThatRunsIsLeftAlone() throws IOException {
        String id = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker();
        folder(id, "attempt-1/checkpoint-2");
        age();

        sweep.runOnce();

        assertThat(inside(id)).containsExactly("attempt-1/checkpoint-2");
    }

    @Test
    void anExportKeepsItsFolderIfItSucceeded() throws IOException {
        String id = lostOnceAndFinished();
        String made = export(id, "merged");
        Claim claim = leases.claim(Claimants.of("w", Slot.LIGHT, Set.of("merged"), Set.of()))
                .orElseThrow();
        leases.succeed(
                claim.lease(),
                () -> exports.completed(
                        claim.lease().workId(),
                        new Progress.Exported("{}", List.of()),
                        "alpha/" + id + "/" + made + "-1"));
        String failed = export(id, "adapter");
        Claim failing = leases.claim(Claimants.of("w", Slot.LIGHT, Set.of("adapter"), Set.of()))
                .orElseThrow();
        leases.fail(failing.lease(), WorkError.ofUser("merge_equals_base", "Equal.", null), Leases.nothing());
        String waiting = export(id, "training_state");
        folder(id, made + "-1/x");
        folder(id, made + "-0/x");
        folder(id, failed + "-1/x");
        folder(id, "." + failed + "-1.incomplete-77/x");
        folder(id, waiting + "-1/x");
        age();

        sweep.runOnce();

        assertThat(inside(id)).containsExactlyInAnyOrder(made + "-1/x", waiting + "-1/x");
    }

    /** A job with a checkpoint of step 2 of its lost first attempt, and one of step 30 of its second. */
    private String lostOnceAndFinished() {
        String id = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker lost = playedWorker().steps(1, 2).checkpoint(2);
        TestDatabase.administrator()
                .sql("UPDATE lease SET expires_at = clock_timestamp() - interval '1 second'")
                .update();
        await(() -> !rescuer.runOnce(TestQueue.ANY_TIME).isEmpty() || !runs(lost));
        PlayedWorker worker = playedWorker();
        assertThat(worker.totalSteps()).isEqualTo(30);
        worker.finish(2);
        return id;
    }

    /** The service's own scan may have been first. */
    private static boolean runs(PlayedWorker worker) {
        return TestDatabase.administrator()
                .sql("SELECT EXISTS (SELECT FROM lease WHERE work_id = ?)")
                .param(worker.lease().workId())
                .query(Boolean.class)
                .single();
    }

    private String export(String job, String kind) {
        return json(post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/exports", "{'kind': '" + kind + "'}"))
                .path("id")
                .asString();
    }

    private void folder(String job, String path) throws IOException {
        Files.createDirectories(root.resolve(ALPHA).resolve(job).resolve(path));
    }

    /** Folders two levels below the job's. */
    private List<String> inside(String job) throws IOException {
        Path folder = root.resolve(ALPHA).resolve(job);
        try (Stream<Path> paths = Files.walk(folder, 2)) {
            return paths.map(path -> folder.relativize(path).toString())
                    .filter(path -> path.contains("/"))
                    .toList();
        }
    }

    private static void age() {
        TestDatabase.administrator()
                .sql("UPDATE work SET finished_at = finished_at - interval '2 hours' WHERE finished_at IS NOT NULL")
                .update();
    }
}
