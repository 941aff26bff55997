package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.TestWorkQueues;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.training.journal.WaitingEvents;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/**
 * What clients see of jobs that wait for the environment, and how they have those go on that the platform has failed
 * (#17).
 */
@TestPropertySource(
        properties = {"anneal.queue.retry-delay=0s", "anneal.queue.platform-retries=1", "anneal.jobs.max-devices=6"})
class WaitingJobsIT extends ServiceTest {

    @Autowired
    private WaitingEvents heldUp;

    private static final WorkError STORE_AWAY =
            WorkError.ofEnvironment("storage_failed", "The artifact store is missing; its disk may not be mounted.");
    private static final WorkError CRASH = WorkError.ofSystem("engine_crashed", "The engine process crashed.");

    @Autowired
    private WorkerStates states;

    private String job;

    @BeforeEach
    void createJob() {
        job = queuedJob(ALPHA, file(ALPHA, 20), "");
    }

    @Test
    void jobSaysWhatItWaitsForUntilItRuns() {
        assertThat(waitingFor().isNull()).isTrue();
        end(STORE_AWAY);
        end(STORE_AWAY);

        JsonNode body = job(ALPHA, job);
        assertThat(body.path("status").asString()).isEqualTo("queued");
        JsonNode waiting = waitingFor();
        assertThat(waiting.path("code").asString()).isEqualTo("storage_failed");
        assertThat(waiting.path("message").asString()).isEqualTo(STORE_AWAY.message());
        assertThat(waiting.path("since").asLong())
                .isBetween(body.path("created_at").asLong(), now());
        assertThat(events())
                .containsOnlyOnce(
                        "The job waits because of storage_failed: The artifact store is missing; its disk may not be mounted.");

        playedWorker().steps(1, 1);
        assertThat(waitingFor().isNull()).isTrue();
    }

    @Test
    void jobThatNoWorkerCanTakeSaysSoAndWhy() {
        UUID one = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        states.report(new WorkerProcess(one, "one"), TestWorkQueues.ENGINE, 1, true, STORE_AWAY, Set.of());
        states.report(new WorkerProcess(other, "other"), TestWorkQueues.ENGINE, 1, true, null, Set.of());
        assertThat(waitingFor().isNull()).as("another worker takes it").isTrue();

        states.report(new WorkerProcess(other, "other"), TestWorkQueues.ENGINE, 1, true, null, Set.of("anneal-tiny"));
        heldUp.explain();
        heldUp.explain();

        assertThat(waitingFor().path("message").asString()).isEqualTo(STORE_AWAY.message());
        assertThat(events()).containsOnlyOnce("The job waits because of storage_failed");

        states.report(new WorkerProcess(one, "one"), TestWorkQueues.ENGINE, 1, true, null, Set.of("anneal-tiny"));
        assertThat(waitingFor().path("message").asString()).isEqualTo("No worker has the base model 'anneal-tiny'.");

        states.leave(other);
        states.report(new WorkerProcess(one, "one"), TestWorkQueues.ENGINE, 1, true, null, Set.of());
        assertThat(waitingFor().isNull()).isTrue();
    }

    @Test
    void jobWaitsForWorkersThatAreStartedWhenTheyAreNeeded() {
        UUID process = UUID.randomUUID();
        states.report(new WorkerProcess(process, "one", "a"), TestWorkQueues.ENGINE, 2, true, null, Set.of());
        String file = file(ALPHA, 20);

        String waiting = queuedJob(ALPHA, file, ", 'anneal': {'devices': 6}");
        assertThat(job(ALPHA, waiting).at("/anneal/waiting_for/code").asString())
                .isEqualTo("too_few_devices");
        heldUp.explain(2);
        assertThat(get(ALPHA, "/v1/fine_tuning/jobs/" + waiting + "/events").body())
                .containsOnlyOnce("The job waits because of too_few_devices");
        assertThat(devices(file, "7"))
                .contains("is 7, but workers of this installation have at most 6 devices together");
        assertThat(devices(file, "3, 'base_placement': 'sharded'")).contains("is 3, but the only worker has 2 devices");

        states.leave(process);
        assertThat(devices(file, "7"))
                .contains("is 7, but workers of this installation have at most 6 devices together");
    }

    /** The refusal's message. */
    private String devices(String file, String anneal) {
        HttpResponse<String> answer = post(
                ALPHA,
                "/v1/fine_tuning/jobs",
                "{'model': 'anneal-tiny', 'training_file': '" + file + "', 'anneal': {'devices': " + anneal + "}}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        return json(answer).at("/error/message").asString();
    }

    @Test
    void jobIsToldOnceAlthoughManyWorkersReportAtTheSameMoment() {
        states.report(
                new WorkerProcess(UUID.randomUUID(), "one"), TestWorkQueues.ENGINE, 1, true, STORE_AWAY, Set.of());

        CompletableFuture.allOf(IntStream.range(0, 8)
                        .mapToObj(i -> CompletableFuture.runAsync(heldUp::explain))
                        .toArray(CompletableFuture<?>[]::new))
                .join();

        assertThat(events()).containsOnlyOnce("The job waits because of storage_failed");
    }

    @Test
    void evaluationSaysWhatItWaitsFor() {
        String body = "{'model': 'anneal-tiny', 'test_file': '" + file(ALPHA, 10) + "'}";
        JsonNode created = json(post(ALPHA, "/v1/fine_tuning/evaluations", body));
        assertThat(created.path("waiting_for").isNull()).isTrue();

        states.report(
                new WorkerProcess(UUID.randomUUID(), "one"), TestWorkQueues.ENGINE, 1, true, STORE_AWAY, Set.of());

        JsonNode waiting = json(get(
                        ALPHA,
                        "/v1/fine_tuning/evaluations/" + created.path("id").asString()))
                .path("waiting_for");
        assertThat(waiting.path("code").asString()).isEqualTo("storage_failed");
        assertThat(waiting.path("message").asString()).isEqualTo(STORE_AWAY.message());
    }

    @Test
    void jobInValidationSaysOnceThatItsModelIsAway() {
        TestDatabase.administrator()
                .sql("UPDATE job SET request = jsonb_set(request, '{model}', '\"gone\"') WHERE external_id = :id")
                .param("id", job)
                .update();
        TestDatabase.administrator()
                .sql("UPDATE work SET state = 'VALIDATING' WHERE id = :id")
                .param("id", workOf("job", job))
                .update();

        await(() -> !waitingFor().isNull());
        JsonNode body = job(ALPHA, job);
        assertThat(body.path("status").asString()).isEqualTo("validating_files");
        assertThat(waitingFor().path("code").asString()).isEqualTo("model_not_available");
        await(() -> waits() > 2);
        assertThat(events()).containsOnlyOnce("The job waits in validation because of model_not_available");

        TestDatabase.administrator()
                .sql(
                        "UPDATE job SET request = jsonb_set(request, '{model}', '\"anneal-tiny\"') WHERE external_id = :id")
                .param("id", job)
                .update();
        await(() -> job(ALPHA, job).path("status").asString().equals("queued"));
        assertThat(waitingFor().isNull()).isTrue();
    }

    private int waits() {
        return TestDatabase.administrator()
                .sql("SELECT waits FROM work WHERE id = :id")
                .param("id", workOf("job", job))
                .query(Integer.class)
                .single();
    }

    @Test
    void workerThatIsNoMoreSaysNothing() {
        states.report(
                new WorkerProcess(UUID.randomUUID(), "one"), TestWorkQueues.ENGINE, 1, true, STORE_AWAY, Set.of());
        TestDatabase.administrator()
                .sql("UPDATE worker_state SET seen_at = seen_at - interval '61 seconds'")
                .update();

        assertThat(waitingFor().isNull()).isTrue();
    }

    @Test
    void jobThatThePlatformHasFailedIsResumedFromItsCheckpoint() {
        end(playedWorker().steps(1, 2), CRASH);
        end(CRASH);
        JsonNode failed = job(ALPHA, job);
        assertThat(failed.path("status").asString()).isEqualTo("failed");
        assertThat(failed.at("/anneal/failure/retryable").asBoolean()).isTrue();

        HttpResponse<String> resumed = post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/resume", "");

        assertThat(resumed.statusCode()).isEqualTo(200);
        assertThat(json(resumed).path("status").asString()).isEqualTo("queued");
        assertThat(json(resumed).path("error").isNull()).isTrue();
        assertThat(json(resumed).path("finished_at").isNull()).isTrue();
        end(CRASH);
        assertThat(job(ALPHA, job).path("status").asString())
                .as("it has its retry again")
                .isEqualTo("queued");
    }

    @Test
    void jobThatFailedByItsOwnFaultOrWhoseFileIsGoneIsNotResumed() {
        end(WorkError.ofUser("non_finite_loss", "The loss is NaN.", null));
        HttpResponse<String> refused = post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/resume", "");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).at("/error/message").asString()).contains("anneal.failure.retryable");

        String other = queuedJob(ALPHA, file(ALPHA, 21), "");
        end(CRASH);
        end(CRASH);
        String file = job(ALPHA, other).path("training_file").asString();
        send(request(ALPHA, "/v1/files/" + file).DELETE());
        HttpResponse<String> without = post(ALPHA, "/v1/fine_tuning/jobs/" + other + "/resume", "");
        assertThat(without.statusCode()).isEqualTo(400);
        assertThat(json(without).at("/error/message").asString()).contains(file);
    }

    @Test
    void jobWhoseInitialAdapterIsGoneIsNotResumed() {
        end(CRASH);
        end(CRASH);
        TestDatabase.administrator()
                .sql("UPDATE job SET init_file = 'file-gone' WHERE external_id = ?")
                .param(job)
                .update();

        HttpResponse<String> refused = post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/resume", "");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).at("/error/param").asString()).isEqualTo("anneal.init_adapter");
        assertThat(json(refused).at("/error/message").asString()).contains("file-gone");
        assertThat(job(ALPHA, job).path("status").asString()).isEqualTo("failed");
    }

    @Test
    void jobWhoseSecretHeadersAreGoneIsNotResumed() {
        String row = "{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}\n";
        String graded = queuedJob(
                ALPHA,
                file(ALPHA, FilePurpose.FINE_TUNE, row.repeat(10)),
                ", 'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'endpoint', 'url': 'https://grader.example', 'headers': {'authorization': 'secret'}}}}");
        fail(graded);
        HttpResponse<String> resumed = post(ALPHA, "/v1/fine_tuning/jobs/" + graded + "/resume", "");
        assertThat(resumed.statusCode()).as(resumed.body()).isEqualTo(200);

        fail(graded);
        TestDatabase.administrator()
                .sql("DELETE FROM sealed_value WHERE work_id = ?")
                .param(workOf("job", graded))
                .update();
        HttpResponse<String> refused = post(ALPHA, "/v1/fine_tuning/jobs/" + graded + "/resume", "");

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).at("/error/code").asString()).isEqualTo("job_not_resumable");
        assertThat(json(refused).at("/error/message").asString()).contains("headers of its grader", "7 days");
        assertThat(job(ALPHA, graded).path("status").asString()).isEqualTo("failed");
    }

    private static void fail(String id) {
        TestDatabase.administrator().sql("""
                        UPDATE work
                        SET state = 'FAILED', lease_token = 1, claimed_at = clock_timestamp(), started_at = clock_timestamp(),
                            finished_at = clock_timestamp(),
                            error = '{"origin": "SYSTEM", "code": "engine_crashed", "message": "The engine process crashed."}'
                        WHERE id = ?
                        """).param(workOf("job", id)).update();
    }

    private void end(WorkError error) {
        TestDatabase.administrator()
                .sql("UPDATE work SET avoided_until = clock_timestamp() WHERE avoided_until IS NOT NULL")
                .update();
        end(playedWorker(), error);
    }

    private void end(PlayedWorker worker, WorkError error) {
        Lease lease = worker.lease();
        leases.fail(lease, error, () -> trainings.failed(lease.workId(), error));
    }

    private JsonNode waitingFor() {
        return job(ALPHA, job).at("/anneal/waiting_for");
    }

    private String events() {
        return get(ALPHA, "/v1/fine_tuning/jobs/" + job + "/events?limit=100").body();
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }
}
