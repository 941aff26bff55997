package dev.anneal.service.results.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.text.rows.Rows;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.files.Files;
import dev.anneal.service.platform.database.StoredText;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.queue.secret.SealedValues;
import dev.anneal.service.results.evaluation.EvaluationJournal;
import dev.anneal.service.results.evaluation.EvaluationOrder;
import dev.anneal.service.results.evaluation.Evaluations;
import dev.anneal.service.training.history.Checkpoint;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** Evaluations of base and tuned models. */
class EvaluationsIT extends ServiceTest {

    private static final String EVALUATIONS = "/v1/fine_tuning/evaluations";

    private static final String EXACT =
            "{'type': 'string_check', 'name': 'exact', 'input': '{{sample.output_text}}', 'operation': 'eq', 'reference': '{{item.answer}}'}";

    private static final TypeReference<Map<String, @Nullable Object>> MAP = new TypeReference<>() {};

    @Autowired
    private SealedValues sealed;

    @Autowired
    private EvaluationJournal journal;

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
        assertThat(json(created).get("grader").isNull()).isTrue();

        Claim claim = claim();
        EvaluationOrder order = journal.order(claim.lease().workId());
        assertThat(order.evaluation().testFile()).isEqualTo(file);
        assertThat(order.evaluation().maxNewTokens()).isEqualTo(8);
        assertThat(order.checkpoint()).isNull();
        assertThat(order.evaluation().grading()).isNull();
        Progress.Evaluated evaluated = new Progress.Evaluated(10, 4, Map.of(), List.of(sample("e", "a\0", null)));
        leases.succeed(claim.lease(), () -> journal.completed(claim.lease().workId(), evaluated));

        JsonNode done = json(get(ALPHA, EVALUATIONS + "/" + id));
        assertThat(done.get("status").stringValue()).isEqualTo("succeeded");
        assertThat(done.get("rows").intValue()).isEqualTo(10);
        assertThat(done.get("exact_matches").intValue()).isEqualTo(4);
        assertThat(done.get("accuracy").doubleValue()).isEqualTo(0.4);
        assertThat(done.get("samples").toString())
                .as("PostgreSQL has no zero character")
                .isEqualTo(
                        "[{\"prompt\":\"p\",\"expected\":\"e\",\"answer\":\"a\uFFFD\",\"reward\":null,\"errors\":[]}]");
        assertThat(done.get("metrics")).isEmpty();
        assertThat(get(BETA, EVALUATIONS + "/" + id).statusCode()).isEqualTo(404);
        assertIsReadAsStoredBeforeThereWereGraders(id);
    }

    private void assertIsReadAsStoredBeforeThereWereGraders(String id) {
        system.call(() -> jdbc.sql("UPDATE evaluation SET samples = :old::jsonb WHERE external_id = :id")
                .param("old", "[{\"prompt\": \"p\", \"expected\": \"e\", \"answer\": \"a\"}]")
                .param("id", id)
                .update());
        JsonNode sample = json(get(ALPHA, EVALUATIONS + "/" + id)).at("/samples/0");
        assertThat(sample.get("expected").stringValue()).isEqualTo("e");
        assertThat(sample.get("reward").isNull()).isTrue();
    }

    @Test
    void completionsOfPromptsAreGraded() {
        String body = "{'model': 'anneal-tiny', 'test_file': '" + prompts() + "', 'grader': " + EXACT;
        JsonNode created = json(post(ALPHA, EVALUATIONS, body + ", 'completions': 4, 'temperature': 0, 'seed': -7}"));
        assertThat(created.get("grader")).isEqualTo(JSON.readTree(EXACT.replace('\'', '"')));
        assertThat(created.get("metrics")).isEmpty();

        Claim claim = claim();
        assertThat(claim.method()).isEqualTo("graded");
        assertThat(journal.order(claim.lease().workId()).evaluation().grading())
                .isEqualTo(new EvaluateTask.Grading(JSON.convertValue(created.get("grader"), MAP), 4, 0, -7));
        Map<String, Double> metrics = Map.of("reward", 0.75, "rewards/exact/mean", 0.75);
        Progress.Evaluated evaluated = new Progress.Evaluated(
                10,
                null,
                metrics,
                List.of(
                        sample(null, "a", 1.0),
                        new Progress.Evaluated.Sample("p", null, "b", null, List.of("exact: found 'b\0'"))));
        leases.succeed(claim.lease(), () -> journal.completed(claim.lease().workId(), evaluated));

        JsonNode done = json(get(ALPHA, EVALUATIONS + "/" + created.get("id").stringValue()));
        assertThat(done.get("metrics").toString()).isEqualTo("{\"reward\":0.75,\"rewards/exact/mean\":0.75}");
        assertThat(done.get("rows").intValue()).isEqualTo(10);
        assertThat(done.get("exact_matches").isNull()).isTrue();
        assertThat(done.get("accuracy").isNull()).isTrue();
        assertThat(done.get("completions").intValue()).isEqualTo(4);
        assertThat(done.get("temperature").doubleValue()).isZero();
        assertThat(done.get("seed").longValue()).isEqualTo(-7);
        assertThat(done.at("/samples/0/expected").isNull()).isTrue();
        assertThat(done.at("/samples/0/reward").doubleValue()).isEqualTo(1);
        assertThat(done.at("/samples/1/reward").isNull()).isTrue();
        assertThat(done.at("/samples/1/errors/0").stringValue()).isEqualTo("exact: found 'b\uFFFD'");
    }

    @Test
    void oneCompletionOfEachPromptIsSampledByDefault() {
        JsonNode created = json(post(
                ALPHA,
                EVALUATIONS,
                "{'model': 'anneal-tiny', 'test_file': '" + prompts() + "', 'grader': " + EXACT + "}"));

        assertThat(created.get("completions").intValue()).isEqualTo(1);
        assertThat(created.get("temperature").doubleValue()).isEqualTo(1);
        assertThat(created.get("seed").longValue()).isZero();
    }

    @Test
    void headersOfAnEndpointAreSentAndNotShown() {
        String endpoint = "{'type': 'endpoint', 'url': 'https://grader.example', 'headers': {'authorization': '%s'}}";
        String body = "{'model': 'anneal-tiny', 'test_file': '" + prompts() + "', 'grader': ";
        JsonNode created = json(post(ALPHA, EVALUATIONS, body + endpoint.formatted("of-the-grader") + "}"));

        assertThat(created.get("grader"))
                .isEqualTo(JSON.readTree(endpoint.formatted("(hidden)").replace('\'', '"')));
        assertThat(StoredText.tablesWith("of-the-grader")).isEmpty();
        long work = claim().lease().workId();
        assertThat(journal.order(work).evaluation().grading())
                .extracting(grading -> grading.grader().get("headers"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                .hasEntrySatisfying("authorization", id -> {
                    assertThat(sealed.ofWork(ALPHA, work)).containsEntry(id, "of-the-grader");
                    assertThat(sealed.ofWork(BETA, work)).isEmpty();
                });
    }

    @Test
    void gradersAreForPromptsAndPromptsForGraders() {
        String ofPrompts = "{'model': 'anneal-tiny', 'test_file': '" + prompts() + "'";
        String ofChats = "{'model': 'anneal-tiny', 'test_file': '" + file(ALPHA, 10) + "'";

        assertRefused(ofPrompts + "}", "missing_parameter", "grader");
        assertRefused(ofChats + ", 'grader': " + EXACT + "}", "invalid_value", "grader");
        assertRefused(ofChats + ", 'completions': 2}", "invalid_value", "completions");
        assertRefused(ofPrompts + ", 'grader': " + EXACT + ", 'completions': 65}", "invalid_value", "completions");
        assertRefused(ofPrompts + ", 'grader': " + EXACT + ", 'temperature': 2.5}", "invalid_value", "temperature");
        assertRefused(ofPrompts + ", 'grader': {'type': 'string_check'}}", "grader_invalid", "grader.input");
        assertRefused(ofPrompts + ", 'grader': {'type': 'python'}}", "grader_not_supported", "grader.type");
        String judge =
                "{'type': 'score_model', 'name': 'judge', 'model': 'gpt-4o', 'input': [{'role': 'user', 'content': 'Rate.'}]}";
        assertRefused(ofPrompts + ", 'grader': " + judge + "}", "model_not_available", "grader.model");
    }

    @Test
    void tunedModelAndItsCheckpointsAreEvaluatedWithTheirAdapters() {
        // A name like one of a base model of an organisation, which clients spell with a slash too.
        String job = queuedJob(ALPHA, file(ALPHA, 20), ", 'suffix': 'acme--tiny'");
        playedWorker().steps(1, 3).checkpoint(3).finish(3);
        String model = job(ALPHA, job).get("fine_tuned_model").stringValue();
        assertThat(model).contains("acme--tiny");
        String file = file(ALPHA, 10);

        post(ALPHA, EVALUATIONS, "{'model': '" + model.replace("--", "/") + "', 'test_file': '" + file + "'}");
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

    private static Progress.Evaluated.Sample sample(@Nullable String expected, String answer, @Nullable Double reward) {
        return new Progress.Evaluated.Sample("p", expected, answer, reward, List.of());
    }

    private String prompts() {
        return file(ALPHA, FilePurpose.FINE_TUNE, (Rows.prompt("a") + "\n").repeat(10));
    }

    private Claim claim() {
        return leases.claim(
                        Claimants.of("w", Slot.LIGHT, Set.of(Evaluations.EXACT_MATCH, Evaluations.GRADED), Set.of()))
                .orElseThrow();
    }

    private void assertRefused(String body, String code, String param) {
        HttpResponse<String> answer = post(ALPHA, EVALUATIONS, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).path("error").path("code").stringValue()).isEqualTo(code);
        assertThat(json(answer).path("error").path("param").stringValue()).isEqualTo(param);
    }
}
