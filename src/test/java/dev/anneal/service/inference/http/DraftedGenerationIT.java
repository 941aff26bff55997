package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Which draft a request for text is answered with: the one that it names, or the default of its model. */
@ExtendWith(OutputCaptureExtension.class)
class DraftedGenerationIT extends InferenceTest {

    private static final String CHATS = "/v1/chat/completions";

    private String file = "";
    private String draft = "";

    @BeforeEach
    void trainADraft() {
        file = file(ALPHA, 20);
        draft = draftFor("anneal-tiny");
    }

    private String draftFor(String target) {
        String id = json(post(
                        ALPHA,
                        "/v1/fine_tuning/jobs",
                        "{'model': '%s', 'training_file': '%s', 'method': {'type': 'speculative_draft', 'speculative_draft': {'kind': 'model', 'draft_model': 'anneal-tiny'}}}"
                                .formatted(target, file)))
                .path("id")
                .asString();
        await(() -> job(ALPHA, id).path("status").asString().equals("queued"));
        playedWorker().finish(0);
        return job(ALPHA, id).path("fine_tuned_model").asString();
    }

    private String tuned() {
        String id = queuedJob(ALPHA, file, "");
        playedWorker().finish(0);
        return job(ALPHA, id).path("fine_tuned_model").asString();
    }

    /** Played workers write no checkpoints, so a draft that is fetched is seen by the lack of its files. */
    @Test
    void aNamedDraftIsFetched() {
        JsonNode error = refusal(chat("anneal-tiny", ", 'anneal': {'draft': '" + draft + "'}"));

        assertThat(error.path("code").asString()).isEqualTo("model_not_found");
        assertThat(error.path("message").asString()).contains("The files of model '" + draft + "' are not in the");
        assertThat(error.path("param").asString()).isEqualTo("anneal.draft");
    }

    @Test
    void whatIsNoDraftOfTheModelIsRefused() {
        String model = tuned();

        JsonNode unknown = refusal(chat("anneal-tiny", ", 'anneal': {'draft': 'ft:anneal-tiny:alpha::none'}"));
        JsonNode none = refusal(chat("anneal-tiny", ", 'anneal': {'draft': '" + model + "'}"));
        JsonNode other = refusal(chat("anneal-tiny", ", 'anneal': {'draft': '" + draftFor(model) + "'}"));
        JsonNode key = refusal(chat("anneal-tiny", ", 'anneal': {'drafts': 1}"));

        assertThat(unknown.path("message").asString()).contains("but there is no such tuned model");
        assertThat(none.path("message").asString()).contains("which is no draft; name the model of a job");
        assertThat(other.path("message").asString())
                .contains("a draft for '" + model
                        + "', but 'model' is 'anneal-tiny', which is another model, checkpoint");
        assertThat(other.path("param").asString()).isEqualTo("anneal.draft");
        assertThat(key.path("param").asString()).isEqualTo("anneal.drafts");
    }

    @Test
    void aCompletionNamesADraftLikewise() {
        HttpResponse<String> answer = post(
                ALPHA,
                "/v1/completions",
                "{'model': 'anneal-tiny', 'prompt': 'Hi', 'anneal': {'draft': 'ft:anneal-tiny:alpha::none'}}");

        assertThat(refusal(answer).path("param").asString()).isEqualTo("anneal.draft");
    }

    /** A default that cannot be fetched costs time, not answers. */
    @Test
    void theDefaultDraftIsUsedUnlessTheRequestWantsNone(CapturedOutput output) {
        JsonNode model = json(post(ALPHA, "/v1/models/anneal-tiny/draft", "{'draft': '" + draft + "'}"));
        assertThat(model.at("/anneal/draft").asString()).isEqualTo(draft);
        assertThat(json(get(ALPHA, "/v1/models/" + draft)).at("/anneal/target").asString())
                .isEqualTo("anneal-tiny");
        assertThat(json(get(BETA, "/v1/models/anneal-tiny")).at("/anneal/draft").isNull())
                .isTrue();
        String leftOut = "The default draft of 'anneal-tiny' is left out, as it cannot be used";

        assertThat(chat("anneal-tiny", ", 'anneal': {'draft': null}").statusCode())
                .isEqualTo(200);
        assertThat(output).doesNotContain(leftOut);
        assertThat(chat("anneal-tiny", "").statusCode()).isEqualTo(200);
        assertThat(output).contains(leftOut);

        assertThat(removal("anneal-tiny").statusCode()).isEqualTo(200);
        assertThat(removal("anneal-tiny").statusCode()).isEqualTo(404);
        assertThat(json(get(ALPHA, "/v1/models/anneal-tiny"))
                        .at("/anneal/draft")
                        .isNull())
                .isTrue();
    }

    @Test
    void theOwnersDefaultHelpsThoseWithWhomTheModelIsShared() {
        String model = tuned();
        String own = draftFor(model);
        post(ALPHA, "/v1/models/" + model + "/draft", "{'draft': '" + own + "'}");
        post(ALPHA, "/v1/fine_tuning/checkpoints/" + model + "/permissions", "{'project_ids': ['beta']}");

        assertThat(json(get(BETA, "/v1/models/" + model)).at("/anneal/draft").asString())
                .isEqualTo(own);

        send(request(ALPHA, "/v1/models/" + own).DELETE());
        assertThat(json(get(ALPHA, "/v1/models/" + model)).at("/anneal/draft").isNull())
                .as("a draft that is deleted is no default")
                .isTrue();
    }

    /** The draft is a third tenant's, which shares it with the model's owner alone. */
    @Test
    void aThirdTenantsDraftIsNoDefaultOfThoseWithWhomTheModelIsShared() {
        String model = tuned();
        String others = draftFor(model);
        post(ALPHA, "/v1/models/" + model + "/draft", "{'draft': '" + others + "'}");
        post(ALPHA, "/v1/fine_tuning/checkpoints/" + model + "/permissions", "{'project_ids': ['beta']}");
        giveToGamma(others);

        assertThat(json(get(ALPHA, "/v1/models/" + model)).at("/anneal/draft").asString())
                .as("the model's owner may use it")
                .isEqualTo(others);
        assertThat(json(get(BETA, "/v1/models/" + model)).at("/anneal/draft").isNull())
                .isTrue();
    }

    private static void giveToGamma(String tunedModel) {
        JdbcClient administrator = TestDatabase.administrator();
        for (String statement : List.of(
                "UPDATE checkpoint SET tenant_id = 'gamma' WHERE job_id = (SELECT job_id FROM tuned_model WHERE name = :name)",
                "UPDATE job SET tenant_id = 'gamma' WHERE id = (SELECT job_id FROM tuned_model WHERE name = :name)",
                "UPDATE tuned_model SET tenant_id = 'gamma' WHERE name = :name",
                """
                INSERT INTO checkpoint_permission (tenant_id, external_id, created_at, model, tuned_model, checkpoint_id, project_id)
                SELECT 'gamma', 'cp_of_gamma', now(), name, name, max(checkpoint.id), 'alpha'
                FROM tuned_model
                JOIN checkpoint USING (job_id)
                WHERE name = :name
                GROUP BY name
                """)) {
            administrator.sql(statement).param("name", tunedModel).update();
        }
    }

    @Test
    void whatIsNoDraftOfTheModelIsNoDefault() {
        JsonNode none = refusal(post(ALPHA, "/v1/models/anneal-tiny/draft", "{'draft': '" + tuned() + "'}"));
        JsonNode missing = refusal(post(ALPHA, "/v1/models/anneal-tiny/draft", "{}"));
        JsonNode nobody = refusal(post(ALPHA, "/v1/models/nobody/draft", "{'draft': '" + draft + "'}"));

        assertThat(none.path("message").asString()).contains("which is no draft");
        assertThat(missing.path("param").asString()).isEqualTo("draft");
        assertThat(nobody.path("code").asString()).isEqualTo("not_found");
    }

    /** Heads are not trained by this version yet, so one is pretended. */
    @Test
    void aHeadCannotBeChattedWith() {
        TestDatabase.administrator()
                .sql("UPDATE job SET request = jsonb_set(request, '{method,kind}', '\"eagle3\"')")
                .update();

        JsonNode error = refusal(chat(draft, ""));

        assertThat(error.path("code").asString()).isEqualTo("not_supported");
        assertThat(error.path("message").asString())
                .contains("a draft of the kind 'eagle3', which is no language model by itself")
                .contains("the draft as 'anneal.draft'");
    }

    private HttpResponse<String> chat(String model, String moreKeys) {
        return post(
                ALPHA,
                CHATS,
                "{'model': '%s', 'max_tokens': 1, 'messages': [{'role': 'user', 'content': 'Hi'}]%s}"
                        .formatted(model, moreKeys));
    }

    private HttpResponse<String> removal(String model) {
        return send(
                request(ALPHA, "/v1/models/" + model + "/draft").method("DELETE", HttpRequest.BodyPublishers.noBody()));
    }

    private static JsonNode refusal(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isGreaterThanOrEqualTo(400);
        return json(answer).path("error");
    }
}
