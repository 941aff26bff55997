package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.rows.Rows;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.journal.TrainingOrder;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/** Jobs that train drafts: what they may name, what they show, and what of the target stays with them. */
class DraftJobsIT extends ServiceTest {

    private static final String JOBS = "/v1/fine_tuning/jobs";
    private static final Path BUNDLED = Path.of("src/main/resources/models/anneal-tiny");
    private static final Path OF_OTHER_SIZE = Path.of("src/test/resources/golden/models/llama-tied");

    @Value("${anneal.models.dir}")
    @SuppressWarnings("NullAway.Init") // set by Spring
    private Path models;

    private String file = "";

    @BeforeEach
    void upload() {
        file = file(ALPHA, 20);
    }

    @AfterEach
    void removeModels() throws IOException {
        FileSystemUtils.deleteRecursively(models.resolve("drafts"));
    }

    private static String draft(String keys) {
        return ", 'method': {'type': 'speculative_draft', 'speculative_draft': {'kind': 'model', 'draft_model': 'anneal-tiny'%s}}"
                .formatted(keys);
    }

    /** Name of the model of a finished job. */
    private String tuned(String moreKeys) {
        String id = queuedJob(ALPHA, file, moreKeys);
        playedWorker().finish(0);
        return job(ALPHA, id).path("fine_tuned_model").asString();
    }

    private HttpResponse<String> asked(String tenant, String target, String trainingFile, String moreKeys) {
        return post(tenant, JOBS, "{'model': '%s', 'training_file': '%s'%s}".formatted(target, trainingFile, moreKeys));
    }

    private String created(String target, String moreKeys) {
        String id = json(asked(ALPHA, target, file, moreKeys)).path("id").asString();
        await(() -> job(ALPHA, id).path("status").asString().equals("queued"));
        return id;
    }

    @Test
    void aJobShowsItsTargetAndItsMethodWithDefaults() {
        String target = tuned("");
        String id = created(target, draft(", 'hyperparameters': {'batch_size': 4}") + ", 'suffix': 'quick'");

        JsonNode job = job(ALPHA, id);

        assertThat(job.path("model").asString()).isEqualTo(target);
        assertThat(job.at("/anneal/method/speculative_draft/hyperparameters/batch_size")
                        .intValue())
                .isEqualTo(4);
        assertThat(job.at("/anneal/method/speculative_draft").toString())
                .startsWith(
                        "{\"kind\":\"model\",\"draft_model\":\"anneal-tiny\",\"loss\":\"kl_div\",\"num_speculative_tokens\":4,\"evaluation\":");
        assertThat(events(id)).anyMatch(message -> message.contains("acceptance length"));
        playedWorker().finish(0);
        assertThat(job(ALPHA, id).path("fine_tuned_model").asString()).startsWith("ft:anneal-tiny:alpha:quick:");
    }

    @Test
    void theWorkerGetsTheTargetWithItsCheckpoint() {
        String target = tuned("");

        created(target, draft(""));
        TrainingOrder ofTuned = playedWorker().order();
        created("anneal-tiny", draft(""));
        TrainingOrder ofBase = playedWorker().order();

        assertThat(ofTuned.job().target()).extracting(DraftTarget::base).isEqualTo("anneal-tiny");
        assertThat(ofTuned.targetCheckpoint()).contains("/attempt-1/checkpoint-30");
        assertThat(ofBase.job().target()).isEqualTo(new DraftTarget("anneal-tiny", null, null));
        assertThat(ofBase.targetCheckpoint()).isNull();
        assertThat(modelsOfWork()).containsOnly("anneal-tiny");
    }

    @Test
    void aWorkerNeedsBothModels() throws IOException {
        copy(BUNDLED, "drafts/small");

        asked(ALPHA, "anneal-tiny", file, draft("").replace("'anneal-tiny'", "'drafts/small'"));

        assertThat(modelsOfWork()).containsExactly("drafts/small", "anneal-tiny");
    }

    private static List<String> modelsOfWork() {
        return TestDatabase.administrator()
                .sql("SELECT unnest(models) FROM work WHERE method = 'speculative_draft'")
                .query(String.class)
                .list();
    }

    @Test
    void aTargetsCheckpointIsKept() {
        String source = queuedJob(ALPHA, file, "");
        playedWorker().steps(1, 5).checkpoint(6).checkpoint(26).finish(26);
        String target = job(ALPHA, source).path("fine_tuned_model").asString() + ":ckpt-step-26";
        created(target, draft(""));
        arrivesLate(source, playedWorker());

        assertThat(json(get(ALPHA, JOBS + "/" + source + "/checkpoints")).findValuesAsString("step_number"))
                .containsExactly("30", "26");
    }

    @Test
    void aDraftIsTrainedFurtherForATunedTarget() {
        String first = tuned(draft("") + ", 'afa_lora': {'rank': 4}");
        String target = tuned("");

        String id = created(target, draft("").replace("'anneal-tiny'", "'" + first + "'"));

        JsonNode job = job(ALPHA, id);
        assertThat(job.at("/anneal/method/speculative_draft/draft_model").asString())
                .isEqualTo(first);
        assertThat(job.at("/anneal/init_adapter").isNull()).isTrue();
        assertThat(job.at("/afa_lora/rank").intValue()).isEqualTo(4);
        TrainingOrder order = playedWorker().order();
        assertThat(order.initialCheckpoint()).endsWith("checkpoint-30");
        assertThat(order.targetCheckpoint()).endsWith("checkpoint-30");
    }

    private static String draft(String kind, String keys) {
        return ", 'method': {'type': 'speculative_draft', 'speculative_draft': {'kind': '%s'%s}}".formatted(kind, keys);
    }

    @Test
    void aHeadThatIsTrainedFurtherKeepsItsShape() {
        String first = tuned(
                draft(
                        "eagle3",
                        ", 'head': {'layer_ids': [1, 3], 'draft_vocab_size': 200, 'norm_before_residual': false, 'fc_norm': true, 'norm_output': false}"));
        String target = tuned("");
        String named = ", 'draft_model': '" + first + "'";

        String id = created(
                target,
                draft(
                        "eagle3",
                        named + ", 'head': {'fc_norm': true, 'ttt_steps': 2}, 'hidden_state_cache_bytes': 5000000000"));

        assertThat(job(ALPHA, id)
                        .at("/anneal/method/speculative_draft/hidden_state_cache_bytes")
                        .asLong())
                .isEqualTo(5_000_000_000L);
        assertThat(job(ALPHA, id).at("/anneal/method/speculative_draft/head").toString())
                .isEqualTo(
                        "{\"layer_ids\":[1,3],\"draft_vocab_size\":200,\"ttt_steps\":2,\"ttt_step_loss_decay\":1.0,"
                                + "\"norm_before_residual\":false,\"norm_before_fc\":false,\"fc_norm\":true,\"norm_output\":false}");
        contradicts(first, "layer_ids", "[1, 2]", "is [1, 2], but the head of '" + first + "' has [1, 3] and keeps it");
        contradicts(first, "draft_vocab_size", "300", "is 300, but the head of '" + first + "' has 200");
        contradicts(first, "norm_before_residual", "true", "is true, but the head of '" + first + "' has false");
        contradicts(first, "norm_before_fc", "true", "is true, but the head of '" + first + "' has false");
        contradicts(first, "fc_norm", "false", "is false, but the head of '" + first + "' has true");
        contradicts(first, "norm_output", "true", "is true, but the head of '" + first + "' has false");
    }

    private void contradicts(String draftModel, String key, String value, String words) {
        HttpResponse<String> answer = asked(
                ALPHA,
                "anneal-tiny",
                file,
                draft("eagle3", ", 'draft_model': '%s', 'head': {'%s': %s}".formatted(draftModel, key, value)));

        refuses(answer, "method.speculative_draft.head." + key, words);
    }

    private static void refuses(HttpResponse<String> answer, String param, String words) {
        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = json(answer).path("error");
        assertThat(error.path("param").asString()).isEqualTo(param);
        assertThat(error.path("message").asString()).contains(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "eagle3", "eagle1"})
    void aDraftTrainedInFullIsTrainedFurtherInFull(String kind) {
        String trained = kind.equals("model") ? ", 'draft_model': 'anneal-tiny'" : "";
        String full = tuned(draft(kind, trained) + ", 'anneal': {'adapter': 'none'}");
        String adapted = tuned(draft(kind, trained));
        String further = draft(kind, ", 'draft_model': '" + full + "'");

        String id = created("anneal-tiny", further);

        assertThat(job(ALPHA, id).at("/anneal/adapter").asString()).isEqualTo("none");
        assertThat(events(id)).anyMatch(message -> message.startsWith("Training begins with all weights of ftckpt_"));
        assertThat(playedWorker().order().initialCheckpoint()).endsWith("checkpoint-30");
        assertThat(asked(ALPHA, "anneal-tiny", file, further + ", 'anneal': {'adapter': 'none'}")
                        .statusCode())
                .isEqualTo(200);
        refuses(
                asked(ALPHA, "anneal-tiny", file, further + ", 'anneal': {'adapter': 'lora'}"),
                "anneal.adapter",
                "'anneal.adapter' is 'lora', or 'afa_lora' asks for an adapter, but all weights of '" + full
                        + "' were trained ('none')");
        refuses(
                asked(ALPHA, "anneal-tiny", file, further + ", 'anneal': {'lora_plus_ratio': 4}"),
                "anneal.lora_plus_ratio",
                "is 4.0, but all weights of '" + full + "' were trained");
        refuses(
                asked(
                        ALPHA,
                        "anneal-tiny",
                        file,
                        draft(kind, ", 'draft_model': '" + adapted + "'") + ", 'anneal': {'adapter': 'none'}"),
                "anneal.adapter",
                "'anneal.adapter' is 'none', but '" + adapted + "' has an adapter ('afa'), which is trained further");
    }

    @Test
    void modelsThatCannotDraftForEachOtherAreRefused() throws IOException {
        copy(BUNDLED, "drafts/renamed");
        Path tokenizer = models.resolve("drafts/renamed/tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"Ġthe\":", "\"Ġrenamed\":"));
        copy(OF_OTHER_SIZE, "drafts/wide");

        refused("nobody", "model_not_available", "cannot be trained: Model 'nobody' is not available here");
        refused("ft:anneal-tiny:alpha::none", "model_not_available", "but there is no such tuned model");
        refused(
                "drafts/renamed",
                "invalid_value",
                "'drafts/renamed', whose tokenizer has other tokens than that of its target 'anneal-tiny'");
        refused("drafts/wide", "invalid_value", "tokens, but its target 'anneal-tiny' has 1536");
    }

    private void refused(String draftModel, String code, String words) {
        JsonNode error = json(asked(
                        ALPHA, "anneal-tiny", file, draft("").replace("'anneal-tiny'", "'" + draftModel + "'")))
                .path("error");
        assertThat(error.path("code").asString()).as(error.toString()).isEqualTo(code);
        assertThat(error.path("param").asString()).isEqualTo("method.speculative_draft.draft_model");
        assertThat(error.path("message").asString()).contains(words);
    }

    @Test
    void aTargetThatDoesNotExistIsRefused() {
        for (String target : List.of("nobody", "ft:anneal-tiny:alpha::none")) {
            JsonNode error = json(asked(ALPHA, target, file, draft(""))).path("error");
            assertThat(error.path("code").asString()).isEqualTo("model_not_available");
            assertThat(error.path("param").asString()).isEqualTo("model");
            assertThat(error.path("message").asString()).contains("'" + target + "'");
        }
    }

    @Test
    void anEstimateCountsTheTarget() {
        JsonNode alone = estimate("");
        JsonNode draft = estimate(draft(""));

        assertThat(draft.path("model").asString()).isEqualTo("anneal-tiny");
        assertThat(draft.at("/memory/target_bytes").longValue())
                .isGreaterThan(alone.at("/memory/weights_bytes").longValue());
        assertThat(draft.at("/memory/total_bytes").longValue()
                        - alone.at("/memory/total_bytes").longValue())
                .isEqualTo(draft.at("/memory/target_bytes").longValue());
        assertThat(draft.path("warnings").toString()).contains("acceptance length");
        assertThat(alone.path("warnings").toString()).doesNotContain("acceptance length");
    }

    private JsonNode estimate(String moreKeys) {
        String body = "{'model': 'anneal-tiny', 'training_file': '%s'%s}".formatted(file, moreKeys);
        return json(post(ALPHA, "/v1/fine_tuning/estimate", body));
    }

    @Test
    void acceptanceIsInSeriesEventsAndCsv() {
        String id = created("anneal-tiny", draft("") + ", 'validation_file': '" + file + "'");
        playedWorker().drafted(1);

        JsonNode row = json(get(ALPHA, JOBS + "/" + id + "/metrics")).at("/data/0");
        assertThat(row.path("metrics").path("acceptance/2").doubleValue()).isEqualTo(0.25);
        assertThat(row.path("valid_metrics").path("acceptance_length/greedy").doubleValue())
                .isEqualTo(2.5);
        assertThat(get(ALPHA, JOBS + "/" + id + "/metrics?format=csv").body().lines())
                .first()
                .asString()
                .endsWith(
                        ",acceptance/1,acceptance/2,overlap/1,valid_acceptance_length/greedy,valid_acceptance_length/sampled,valid_overlap/1");
        assertThat(events(id))
                .contains("Step 1/30: acceptance=0.5000, training loss=2.0000, beta=1.0000")
                .anyMatch(
                        message -> message.startsWith(
                                "Step 1: full validation greedy acceptance length=2.5000, sampled acceptance length=2.2500, loss=0.7500"))
                .noneMatch(message -> message.contains("has no 'validation_file'"));
    }

    /** Heads are not trained by this version yet, so one is pretended. */
    @Test
    void aHeadIsNoModelByItself() {
        String head = tuned(draft(""));
        TestDatabase.administrator()
                .sql(
                        "UPDATE job SET request = jsonb_set(request, '{method}', request -> 'method' || '{\"kind\": \"eagle1\", \"head\": "
                                + "{\"layers\": [6], \"vocabularySize\": 1536, \"steps\": 1, \"decay\": 1, \"normBeforeResidual\": false,"
                                + " \"normBeforeFc\": false, \"fcNorm\": false, \"normOutput\": false}}') WHERE request #>> '{method,type}' = 'speculative_draft'")
                .update();
        String words =
                "a draft of the kind 'eagle1', which is no language model by itself; name its target 'anneal-tiny'";

        JsonNode target = json(asked(ALPHA, head, file, draft(""))).path("error");
        JsonNode evaluated = json(post(
                        ALPHA,
                        "/v1/fine_tuning/evaluations",
                        "{'model': '%s', 'test_file': '%s'}".formatted(head, file)))
                .path("error");
        JsonNode begun = json(asked(ALPHA, "anneal-tiny", file, ", 'anneal': {'init_adapter': '%s'}".formatted(head)))
                .path("error");

        JsonNode judge = json(asked(
                        ALPHA,
                        "anneal-tiny",
                        file(ALPHA, FilePurpose.FINE_TUNE, (Rows.prompt("What is 17 + 25?") + "\n").repeat(10)),
                        ", 'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'score_model', 'name': 'judge', 'model': '%s', 'input': [{'role': 'user', 'content': 'Rate.'}]}}}"
                                .formatted(head)))
                .path("error");
        String headsJob = json(get(ALPHA, JOBS + "?limit=1")).at("/data/0/id").asString();
        JsonNode exported =
                json(post(ALPHA, JOBS + "/" + headsJob + "/merge", "")).path("error");

        assertThat(exported.path("message").asString()).contains("of which there is no export of kind 'merged'");
        assertThat(target.path("message").asString()).contains(words);
        assertThat(judge.path("message").asString()).contains(words);
        assertThat(evaluated.path("message").asString()).contains(words);
        assertThat(begun.path("message").asString())
                .contains("a draft of the kind 'eagle1', but this job trains a language model");
    }

    private List<String> events(String job) {
        return json(get(ALPHA, JOBS + "/" + job + "/events?limit=100")).findValuesAsString("message");
    }

    private void copy(Path model, String name) throws IOException {
        Path folder = Files.createDirectories(models.resolve(name));
        try (Stream<Path> files = Files.list(model)) {
            for (Path each : (Iterable<Path>) files::iterator) {
                Files.copy(each, folder.resolve(each.getFileName()));
            }
        }
    }
}
