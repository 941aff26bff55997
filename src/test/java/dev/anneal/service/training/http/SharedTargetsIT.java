package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Drafts for another tenant's model. */
class SharedTargetsIT extends ServiceTest {

    private static final String MODEL = "'kind': 'model', 'draft_model': 'anneal-tiny'";
    private static final String HEAD = "'kind': 'eagle3'";

    private String file = "";

    @BeforeEach
    void upload() {
        file = file(ALPHA, 20);
    }

    private static String draft(String draft) {
        return ", 'method': {'type': 'speculative_draft', 'speculative_draft': {%s}}".formatted(draft);
    }

    /** Name of the model of a finished job. */
    private String tuned(String moreKeys) {
        String id = queuedJob(ALPHA, file, moreKeys);
        playedWorker().finish(0);
        return job(ALPHA, id).path("fine_tuned_model").asString();
    }

    private HttpResponse<String> asked(String tenant, String target, String trainingFile, String moreKeys) {
        return post(
                tenant,
                "/v1/fine_tuning/jobs",
                "{'model': '%s', 'training_file': '%s'%s}".formatted(target, trainingFile, moreKeys));
    }

    @Test
    void aSharedModelMayBeTheTarget() {
        String target = tuned("");
        String betas = file(BETA, 20);
        JsonNode hidden = json(asked(BETA, target, betas, draft(MODEL))).path("error");
        assertThat(hidden.path("code").asString()).isEqualTo("model_not_available");
        assertThat(hidden.path("param").asString()).isEqualTo("model");
        post(ALPHA, "/v1/fine_tuning/checkpoints/" + target + "/permissions", "{'project_ids': ['beta']}");

        String id = json(asked(BETA, target, betas, draft(MODEL))).path("id").asString();

        assertThat(job(BETA, id).path("model").asString()).isEqualTo(target);
        await(() -> job(BETA, id).path("status").asString().equals("queued"));
        assertThat(playedWorker().order().targetCheckpoint()).startsWith("alpha/");
    }

    /** A head begins with a layer and the output embedding of its target. */
    @Test
    void aHeadOfASharedModelContainsNoWeightsThatOnlyItsOwnerHas() {
        String whole = tuned(", 'anneal': {'adapter': 'none'}");
        String adapted = tuned("");
        String betas = file(BETA, 20);
        for (String target : List.of(whole, adapted)) {
            post(ALPHA, "/v1/fine_tuning/checkpoints/" + target + "/permissions", "{'project_ids': ['beta']}");
        }

        JsonNode refused = json(asked(BETA, whole, betas, draft(HEAD))).path("error");

        assertThat(refused.path("code").asString()).isEqualTo("not_supported");
        assertThat(refused.path("message").asString()).contains("Train a draft of the kind 'model'");
        assertThat(asked(BETA, whole, betas, draft(MODEL)).statusCode()).isEqualTo(200);
        assertThat(asked(BETA, adapted, betas, draft(HEAD)).statusCode()).isEqualTo(200);
        assertThat(asked(ALPHA, whole, file, draft(HEAD)).statusCode()).isEqualTo(200);
    }
}
