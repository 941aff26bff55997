package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.queue.lease.Claimants;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Cancel, pause and resume in each state of a job. */
class JobStatesIT extends ServiceTest {

    private String id = "";

    @BeforeEach
    void createJob() {
        id = queuedJob(ALPHA, file(ALPHA, 20), "");
    }

    @Test
    void queuedJobIsCancelledAtOnce() {
        assertThat(shown(ask("cancel"))).isEqualTo("cancelled/cancelled");
        assertRefused("cancel", "job_already_final", "cancelled");
        assertRefused("pause", "job_not_pausable", "cancelled");
        assertRefused("resume", "job_not_resumable", "cancelled");
    }

    @ParameterizedTest
    @CsvSource({"internal_error, system", "rendering_stalled, user"})
    void countThatMayGoWellAnotherTimeFailsItsJobAloneAndIsNotKept(String code, String origin) {
        String file = file(ALPHA, 21);
        CountedElsewhere.begin(file);
        String body = "{'model': 'anneal-tiny', 'training_file': '" + file + "'}";
        JsonNode waiting = json(post(ALPHA, "/v1/fine_tuning/jobs", body));
        assertThat(waiting.get("status").stringValue()).isEqualTo("validating_files");

        TestDatabase.administrator().sql("""
                        UPDATE file_check
                        SET state = 'FAILED', claimed_by = NULL, claimed_until = NULL, error_code = ?, error_message = 'line 3: broken'
                        WHERE claimed_by = 'another'
                        """).param(code).update();

        JsonNode failed = awaitValue(
                () -> job(ALPHA, waiting.get("id").stringValue()),
                shown -> shown.get("status").stringValue().equals("failed"));
        assertThat(failed.at("/error/code").stringValue()).isEqualTo(code);
        assertThat(failed.at("/error/message").stringValue()).contains(file, "line 3: broken");
        assertThat(failed.at("/anneal/failure/origin").stringValue()).isEqualTo(origin);
        assertThat(job(ALPHA, queuedJob(ALPHA, file, "")).get("status").stringValue())
                .isEqualTo("queued");
    }

    @Test
    void runningJobIsCancelledByItsWorkerAndKeepsItsCheckpoint() {
        PlayedWorker worker = playedWorker().steps(1, 5);
        assertThat(shown(ask("cancel"))).isEqualTo("running/cancelling");
        assertThat(shown(ask("cancel"))).isEqualTo("running/cancelling");
        assertRefused("pause", "job_not_pausable", "running and about to cancel");

        assertThat(worker.checkpoint(5).giveBack().state()).isEqualTo(WorkState.CANCELLED);

        assertThat(shown(get(ALPHA, path("")))).isEqualTo("cancelled/cancelled");
        assertThat(json(get(ALPHA, path("/checkpoints"))).get("data")).hasSize(1);
        assertThat(get(ALPHA, path("/events")).body()).contains("cancelled with its progress saved at step 5");
    }

    @Test
    void pausedJobReadsQueuedExceptForThoseWhoKnowBetter() {
        JsonNode paused = json(ask("pause"));
        assertThat(paused.get("status").stringValue()).isEqualTo("queued");
        assertThat(paused.path("anneal").path("state").stringValue()).isEqualTo("paused");
        JsonNode extended = json(send(request(ALPHA, path("")).header("Anneal-Extended-Status", "true")));
        assertThat(extended.get("status").stringValue()).isEqualTo("paused");
        assertThat(leases.claim(Claimants.of(
                        "w",
                        dev.anneal.service.queue.Slot.TRAINING,
                        java.util.Set.of("supervised"),
                        java.util.Set.of())))
                .isEmpty();

        assertThat(shown(ask("resume"))).isEqualTo("queued/queued");
        assertRefused("resume", "job_not_resumable", "queued");
    }

    @Test
    void runningJobPausesAfterItsCheckpointAndResumesFromIt() {
        PlayedWorker worker = playedWorker().steps(1, 3);
        assertThat(shown(ask("pause"))).isEqualTo("running/pausing");
        assertRefused("resume", "job_not_resumable", "running and about to pause");
        worker.checkpoint(3).giveBack();
        assertThat(shown(get(ALPHA, path("")))).isEqualTo("queued/paused");

        assertThat(shown(ask("resume"))).isEqualTo("queued/resuming");

        PlayedWorker next = playedWorker();
        assertThat(next.order().checkpoints().get(0))
                .extracting(checkpoint -> checkpoint.step())
                .isEqualTo(3);
        assertThat(shown(get(ALPHA, path("")))).isEqualTo("running/running");
        next.finish(3);
        assertThat(shown(get(ALPHA, path("")))).isEqualTo("succeeded/succeeded");
        assertThat(json(get(ALPHA, path(""))).path("anneal").path("beta").doubleValue())
                .isZero();
    }

    @Test
    void pausedJobCanBeCancelled() {
        ask("pause");

        assertThat(shown(ask("cancel"))).isEqualTo("cancelled/cancelled");
    }

    @Test
    void finishedJobCannotBeChanged() {
        playedWorker().finish(0);

        assertRefused("cancel", "job_already_final", "succeeded");
        assertRefused("pause", "job_not_pausable", "succeeded");
        assertRefused("resume", "job_not_resumable", "succeeded");
    }

    @Test
    void retryOfALostAnswerFindsWhatItAskedFor() {
        ask("cancel");

        HttpResponse<String> again = send(request(ALPHA, path("/cancel"))
                .header("X-Stainless-Retry-Count", "1")
                .POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(shown(again)).isEqualTo("cancelled/cancelled");
    }

    @Test
    void bodyMayBeEmptyWithAContentTypeAsPythonSendsIt() {
        HttpResponse<String> answer = send(request(ALPHA, path("/pause"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private String path(String rest) {
        return "/v1/fine_tuning/jobs/" + id + rest;
    }

    private HttpResponse<String> ask(String change) {
        return send(request(ALPHA, path("/" + change)).POST(HttpRequest.BodyPublishers.noBody()));
    }

    private static String shown(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode job = json(answer);
        return job.get("status").stringValue() + "/"
                + job.path("anneal").path("state").stringValue();
    }

    private void assertRefused(String change, String code, String words) {
        HttpResponse<String> answer = ask(change);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
        assertThat(json(answer).path("error").path("code").stringValue()).isEqualTo(code);
        assertThat(json(answer).path("error").path("message").stringValue()).contains(words);
    }
}
