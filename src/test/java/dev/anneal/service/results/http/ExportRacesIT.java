package dev.anneal.service.results.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.history.Checkpoints;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Clients take checkpoints into use while the job's worker saves and forgets checkpoints. */
class ExportRacesIT extends ServiceTest {

    private static final Duration STALL = Duration.ofMinutes(5);

    @Autowired
    private Checkpoints checkpoints;

    /** Greater than those of the worker that is played. */
    private static final long NEXT_BATCH = 100;

    private String id = "";
    private @Nullable PlayedWorker claimed;

    @BeforeEach
    void train() {
        id = queuedJob(ALPHA, file(ALPHA, 20), "");
        claimed = playedWorker().steps(1, 6).checkpoint(2).checkpoint(4);
    }

    @Test
    void theNewestCheckpointThatAClientIsTakingIntoUseIsNotForgotten() {
        List<String> forgotten = new ArrayList<>();

        tenants.run(ALPHA, () -> {
            Checkpoint newest = checkpoints.newest(job()).orElseThrow();
            assertThat(newest.step()).isEqualTo(4);
            CompletableFuture.runAsync(() -> publish(() -> {
                        forgotten.addAll(saved(6, 1));
                    }))
                    .join();
            assertThat(checkpoints.find(job(), newest.id())).contains(newest);
        });

        assertThat(forgotten).singleElement().asString().endsWith("checkpoint-2");
    }

    @Test
    void anExportAndItsJobsWorkerDoNotWaitForEachOtherInACircle() throws Exception {
        String checkpoint = TestDatabase.administrator()
                .sql("SELECT external_id FROM checkpoint WHERE step = 2")
                .query(String.class)
                .single();
        List<CompletableFuture<HttpResponse<String>>> requests = new ArrayList<>();

        publish(() -> {
            saved(6, Integer.MAX_VALUE);
            requests.add(CompletableFuture.supplyAsync(() -> post(
                    ALPHA,
                    "/v1/fine_tuning/jobs/" + id + "/exports",
                    "{'kind': 'training_state', 'checkpoint': '" + checkpoint + "'}")));
            await(ExportRacesIT::somebodyWaits);
            saved(6, 1);
        });

        HttpResponse<String> answer = requests.get(0).get(30, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(json(answer).path("checkpoint").asString()).isEqualTo(checkpoint);
    }

    private Lease lease() {
        return Objects.requireNonNull(claimed).lease();
    }

    private void publish(Runnable writes) {
        assertThat(leases.progress(lease(), NEXT_BATCH, 6, 6, STALL, writes)).isPresent();
    }

    private List<String> saved(int step, int kept) {
        return trainings.write(
                lease().workId(),
                List.of(new Progress.CheckpointSaved(step, 0.5, "/local/checkpoint", 1234)),
                saved -> "alpha/" + id + "/attempt-1/checkpoint-" + step,
                kept);
    }

    private long job() {
        return jdbc.sql("SELECT id FROM job WHERE external_id = ?")
                .param(id)
                .query(Long.class)
                .single();
    }

    private static boolean somebodyWaits() {
        return TestDatabase.administrator()
                .sql("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
                .query(Boolean.class)
                .single();
    }
}
