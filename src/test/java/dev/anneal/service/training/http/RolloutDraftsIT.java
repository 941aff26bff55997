package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.rows.Rows;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/**
 * Reinforcement jobs whose rollouts use a draft: which one they may name, what they show, and what of it stays with
 * them.
 */
class RolloutDraftsIT extends ServiceTest {

    private static final String JOBS = "/v1/fine_tuning/jobs";
    private static final Path BUNDLED = Path.of("src/main/resources/models/anneal-tiny");
    private static final String DRAFT =
            ", 'method': {'type': 'speculative_draft', 'speculative_draft': {'kind': 'model', 'draft_model': 'anneal-tiny'}}";

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

    /** Name of the model of a finished job. */
    private String tuned(String moreKeys) {
        String id = queuedJob(ALPHA, file, moreKeys);
        playedWorker().finish(0);
        return job(ALPHA, id).path("fine_tuned_model").asString();
    }

    private String draftOf(String target) {
        String id = created(target, file, DRAFT);
        playedWorker().finish(0);
        return job(ALPHA, id).path("fine_tuned_model").asString();
    }

    private HttpResponse<String> asked(String tenant, String model, String trainingFile, String moreKeys) {
        return post(tenant, JOBS, "{'model': '%s', 'training_file': '%s'%s}".formatted(model, trainingFile, moreKeys));
    }

    private String created(String model, String trainingFile, String moreKeys) {
        String id = json(asked(ALPHA, model, trainingFile, moreKeys)).path("id").asString();
        await(() -> job(ALPHA, id).path("status").asString().equals("queued"));
        return id;
    }

    private String prompts(String tenant) {
        return file(tenant, FilePurpose.FINE_TUNE, (Rows.prompt("What is 17 + 25?") + "\n").repeat(10));
    }

    /** A reinforcement job with these keys in {@code anneal}. */
    private static String reinforcement(String anneal) {
        return ", 'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'string_check', 'name': 'sum', 'input': '{{sample.output_text}}', 'reference': '42', 'operation': 'eq'}}}, 'anneal': {'rollouts': {'max_completion_tokens': 8}, %s}"
                .formatted(anneal);
    }

    @Test
    void rolloutsMayUseADraftOfTheModelThatTheyBeginWith() throws IOException {
        copyBundled("drafts/small");
        String first = tuned("");
        String ofBase = tuned(DRAFT.replace("'anneal-tiny'", "'drafts/small'"));
        String ofTuned = draftOf(first);
        String prompts = prompts(ALPHA);

        String plain = created("anneal-tiny", prompts, reinforcement("'draft': '" + ofBase + "'"));
        PlayedWorker worker = playedWorker();
        worker.accepted(1);
        worker.finish(1);
        String tuned = json(asked(
                        ALPHA,
                        "anneal-tiny",
                        prompts,
                        reinforcement("'init_adapter': '%s', 'draft': '%s'".formatted(first, ofTuned))))
                .path("id")
                .asString();

        JsonNode job = job(ALPHA, plain);
        assertThat(job.at("/anneal/draft").asString()).isEqualTo(ofBase);
        assertThat(job.path("model").asString()).isEqualTo("anneal-tiny");
        assertThat(worker.order().draftCheckpoint()).contains("/attempt-1/checkpoint-30");
        assertThat(worker.order().settings().method().rolloutDraft())
                .extracting(TrainingMethod.RolloutDraft::found)
                .isEqualTo(new TrainingMethod.RolloutDraft.Found("drafts/small", null, "model", null));
        assertThat(TestDatabase.administrator()
                        .sql("SELECT models::text FROM work WHERE id = " + workOf("job", plain))
                        .query(String.class)
                        .single())
                .isEqualTo("{anneal-tiny,drafts/small}");
        assertThat(job(ALPHA, tuned).at("/anneal/draft").asString()).isEqualTo(ofTuned);
        JsonNode row = json(get(ALPHA, JOBS + "/" + plain + "/metrics")).at("/data/0");
        assertThat(row.path("metrics").path("acceptance_length/rollout").doubleValue())
                .isEqualTo(2.5);
        assertThat(events(plain)).anyMatch(message -> message.contains("acceptance length=2.5000"));
    }

    @Test
    void whatIsNoDraftOfTheModelThatTheyBeginWithIsRefused() {
        String first = tuned("");
        String ofBase = tuned(DRAFT);
        String ofTuned = draftOf(first);
        String prompts = prompts(ALPHA);

        refusedDraft(
                prompts, "'draft': '" + ofTuned + "'", "a draft for '" + first + "', but 'model' is 'anneal-tiny'");
        refusedDraft(
                prompts,
                "'init_adapter': '%s', 'draft': '%s'".formatted(first, ofBase),
                "a draft for 'anneal-tiny', but 'anneal.init_adapter' is '" + first + "'");
        refusedDraft(prompts, "'draft': '" + first + "'", "which is no draft");
        refusedDraft(prompts, "'draft': 'ft:anneal-tiny:alpha::none'", "but there is no such tuned model");
        refusedDraft(prompts, "'draft': 'anneal-tiny'", "but there is no such tuned model");
        JsonNode supervised = json(asked(ALPHA, "anneal-tiny", file, ", 'anneal': {'draft': '" + ofBase + "'}"))
                .path("error");
        assertThat(supervised.path("message").asString()).contains("of the rollouts of the method 'reinforcement'");
    }

    private void refusedDraft(String prompts, String anneal, String words) {
        JsonNode error = json(asked(ALPHA, "anneal-tiny", prompts, reinforcement(anneal)))
                .path("error");
        assertThat(error.path("param").asString()).as(error.toString()).isEqualTo("anneal.draft");
        assertThat(error.path("message").asString()).contains(words);
    }

    /** A trigger deletes the checkpoint between the check and the foreign key's. */
    @ParameterizedTest
    @CsvSource({"draft, 404, anneal.draft", "target, 400, model", "init, 400, anneal.init_adapter"})
    void whatIsDeletedBetweenCheckAndInsertDoesNotExist(String column, int status, String param) {
        String draft = tuned(DRAFT);
        String model = tuned("");
        String prompts = prompts(ALPHA);
        JdbcClient administrator = TestDatabase.administrator();
        administrator.sql("""
                        CREATE FUNCTION forget_checkpoint() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                        BEGIN
                            DELETE FROM checkpoint WHERE id = NEW.%s_checkpoint_id;
                            RETURN NEW;
                        END $$;
                        CREATE TRIGGER forget_checkpoint BEFORE INSERT ON job FOR EACH ROW EXECUTE FUNCTION forget_checkpoint();
                        """.formatted(column)).update();
        HttpResponse<String> answer;
        try {
            answer = switch (column) {
                case "draft" -> asked(ALPHA, "anneal-tiny", prompts, reinforcement("'draft': '" + draft + "'"));
                case "target" -> asked(ALPHA, model, file, DRAFT);
                default -> asked(ALPHA, "anneal-tiny", file, ", 'anneal': {'init_adapter': '" + model + "'}");
            };
        } finally {
            administrator
                    .sql("DROP TRIGGER forget_checkpoint ON job; DROP FUNCTION forget_checkpoint()")
                    .update();
        }

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).at("/error/param").asString()).isEqualTo(param);
        assertThat(json(answer).at("/error/message").asString()).contains("but there is no such");
    }

    @Test
    void theDraftOfRolloutsIsKept() {
        String source = created("anneal-tiny", file, DRAFT);
        playedWorker().steps(1, 5).checkpoint(6).checkpoint(26).finish(26);
        String draft = job(ALPHA, source).path("fine_tuned_model").asString() + ":ckpt-step-26";
        created("anneal-tiny", prompts(ALPHA), reinforcement("'draft': '" + draft + "'"));
        arrivesLate(source, playedWorker());

        assertThat(json(get(ALPHA, JOBS + "/" + source + "/checkpoints")).findValuesAsString("step_number"))
                .containsExactly("30", "26");
    }

    /** The owner shares the draft, and not the model that it drafts for. */
    @Test
    void aSharedDraftMayBeUsedAndDoesNotTellOfAPrivateTarget() {
        String secret = tuned(", 'suffix': 'secret'");
        String ofSecret = draftOf(secret);
        String ofBase = tuned(DRAFT);
        String prompts = prompts(BETA);
        for (String each : List.of(ofSecret, ofBase)) {
            post(ALPHA, "/v1/fine_tuning/checkpoints/" + each + "/permissions", "{'project_ids': ['beta']}");
        }

        HttpResponse<String> used = asked(BETA, "anneal-tiny", prompts, reinforcement("'draft': '" + ofBase + "'"));
        HttpResponse<String> refused =
                asked(BETA, "anneal-tiny", prompts, reinforcement("'draft': '" + ofSecret + "'"));
        HttpResponse<String> shown = get(BETA, "/v1/models/" + ofSecret);

        assertThat(json(used).at("/anneal/draft").asString()).isEqualTo(ofBase);
        assertThat(json(refused).at("/error/message").asString())
                .contains("a draft for a model that is not shared with you, but 'model' is 'anneal-tiny'");
        assertThat(json(shown).at("/anneal/target").isNull()).isTrue();
        assertThat(List.of(refused.body(), shown.body())).noneMatch(body -> body.contains("secret"));
        assertThat(json(get(BETA, "/v1/models/" + ofBase)).at("/anneal/target").asString())
                .isEqualTo("anneal-tiny");
        post(ALPHA, "/v1/fine_tuning/checkpoints/" + secret + "/permissions", "{'project_ids': ['beta']}");
        assertThat(json(get(BETA, "/v1/models/" + ofSecret))
                        .at("/anneal/target")
                        .asString())
                .as("the target is shared now")
                .isEqualTo(secret);
    }

    private List<String> events(String job) {
        return json(get(ALPHA, JOBS + "/" + job + "/events?limit=100")).findValuesAsString("message");
    }

    private void copyBundled(String name) throws IOException {
        Path folder = Files.createDirectories(models.resolve(name));
        try (Stream<Path> files = Files.list(BUNDLED)) {
            for (Path each : (Iterable<Path>) files::iterator) {
                Files.copy(each, folder.resolve(each.getFileName()));
            }
        }
    }
}
