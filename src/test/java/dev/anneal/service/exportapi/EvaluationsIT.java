package dev.anneal.service.exportapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.rows.Rows;
import dev.anneal.protocol.Progress;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.evaluation.EvaluationJournal;
import dev.anneal.service.evaluation.EvaluationOrder;
import dev.anneal.service.file.FileIntake;
import dev.anneal.service.file.FilePurpose;
import dev.anneal.service.file.Files;
import dev.anneal.service.history.Checkpoint;
import dev.anneal.service.lease.Claim;
import dev.anneal.service.lease.Leases;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.training.TrainingJournal;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Evaluations of base and tuned models. */
class EvaluationsIT extends ServiceTest {

    private static final String EVALUATIONS = "/v1/fine_tuning/evaluations";

    @Autowired
    private Leases leases;

    @Autowired
    private TrainingJournal training;

    @Autowired
    private EvaluationJournal journal;

    @Autowired
    private FileIntake intake;

    @Autowired
    private Files files;

    @Test
    void baseModelIsEvaluatedOnATestFile() {
        String file = file(ALPHA, 10);
        HttpResponse<String> created = post(
                ALPHA,
                EVALUATIONS,
                "{'model': 'anneal-tiny', 'test_file': '" + file + "', 'max_new_tokens': 8, 'samples': 1}");
        assertThat(created.statusCode()).isEqualTo(202);
        String id = json(created).get("id").stringValue();
        assertThat(json(created).get("accuracy").isNull()).isTrue();

        Claim claim = claim();
        EvaluationOrder order = journal.order(claim.lease().workId());
        assertThat(order.testFile()).isEqualTo(file);
        assertThat(order.maxNewTokens()).isEqualTo(8);
        assertThat(order.checkpoint()).isNull();
        Progress.Evaluated evaluated =
                new Progress.Evaluated(10, 4, List.of(new Progress.Evaluated.Sample("p", "e", "a")));
        leases.succeed(
                claim.lease(), jdbc -> journal.completed(jdbc, claim.lease().workId(), evaluated));

        JsonNode done = json(get(ALPHA, EVALUATIONS + "/" + id));
        assertThat(done.get("status").stringValue()).isEqualTo("succeeded");
        assertThat(done.get("rows").intValue()).isEqualTo(10);
        assertThat(done.get("exact_matches").intValue()).isEqualTo(4);
        assertThat(done.get("accuracy").doubleValue()).isEqualTo(0.4);
        assertThat(done.get("samples").toString())
                .isEqualTo("[{\"prompt\":\"p\",\"expected\":\"e\",\"answer\":\"a\"}]");
        assertThat(get(BETA, EVALUATIONS + "/" + id).statusCode()).isEqualTo(404);
    }

    @Test
    void promptsWithoutAnswersAreRefused() {
        String file = file(ALPHA, FilePurpose.FINE_TUNE, (Rows.prompt("a") + "\n").repeat(10));

        HttpResponse<String> answer = post(ALPHA, EVALUATIONS, "{'model': 'anneal-tiny', 'test_file': '" + file + "'}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("dataset_invalid", "test_file", "no answers to compare with");
    }

    @Test
    void tunedModelAndItsCheckpointsAreEvaluatedWithTheirAdapters() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker.claim(leases, training, intake).steps(1, 3).checkpoint(3).finish(3);
        String model = job(ALPHA, job).get("fine_tuned_model").stringValue();
        String file = file(ALPHA, 10);

        post(ALPHA, EVALUATIONS, "{'model': '" + model + "', 'test_file': '" + file + "'}");
        assertThat(journal.order(claim().lease().workId()).checkpoint())
                .extracting(Checkpoint::step)
                .isEqualTo(30);
        post(ALPHA, EVALUATIONS, "{'model': '" + model + ":ckpt-step-3', 'test_file': '" + file + "'}");
        assertThat(journal.order(claim().lease().workId()).checkpoint())
                .extracting(Checkpoint::step)
                .isEqualTo(3);
        assertRefused(
                "{'model': '" + model + ":ckpt-step-4', 'test_file': '" + file + "'}", "model_not_available", "model");
    }

    @Test
    void requestsAreChecked() {
        String file = file(ALPHA, 10);
        String notes = file(ALPHA, FilePurpose.USER_DATA, "x");

        assertRefused("{'test_file': '" + file + "'}", "missing_parameter", "model");
        assertRefused("{'model': 'a', 'export': 'b', 'test_file': '" + file + "'}", "missing_parameter", "model");
        assertRefused("{'model': 'gpt-4o', 'test_file': '" + file + "'}", "model_not_available", "model");
        assertRefused("{'export': 'ftexp-x', 'test_file': '" + file + "'}", "invalid_value", "export");
        assertRefused("{'model': 'anneal-tiny'}", "missing_parameter", "test_file");
        assertRefused("{'model': 'anneal-tiny', 'test_file': '" + notes + "'}", "invalid_value", "test_file");
        assertRefused(
                "{'model': 'anneal-tiny', 'test_file': '" + file + "', 'samples': 101}", "invalid_value", "samples");
    }

    @Test
    void filesAreKeptUntilWhatReadsThemHasEnded() {
        String tested = file(ALPHA, 10);
        post(ALPHA, EVALUATIONS, "{'model': 'anneal-tiny', 'test_file': '" + tested + "'}");
        String trained = file(ALPHA, 10);
        String job = queuedJob(ALPHA, trained, "");

        assertThatThrownBy(() -> files.delete(ALPHA, tested))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("fteval-");
        assertThatThrownBy(() -> files.delete(ALPHA, trained))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(job);
        post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/cancel", "");
        files.delete(ALPHA, trained);
        assertThat(job(ALPHA, job).get("training_file").stringValue()).isEqualTo(trained);
    }

    private Claim claim() {
        return leases.claim("w", Slot.LIGHT, Set.of("exact_match")).orElseThrow();
    }

    private void assertRefused(String body, String code, String param) {
        HttpResponse<String> answer = post(ALPHA, EVALUATIONS, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).path("error").path("code").stringValue()).isEqualTo(code);
        assertThat(json(answer).path("error").path("param").stringValue()).isEqualTo(param);
    }
}
