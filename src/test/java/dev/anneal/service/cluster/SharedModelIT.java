package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A tenant generates with another's checkpoint and evaluates it, by the real engine. */
@SystemTest
class SharedModelIT extends EngineTest {

    @Test
    void sharedCheckpointAnswersTheOtherTenantAsItsOwner() throws IOException {
        String job = queuedJob(
                ALPHA,
                file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 32)),
                ", 'hyperparameters': {'batch_size': 8}, 'anneal': {'max_steps': 4, 'checkpoint_interval': 2}");
        JsonNode trained = ended("/v1/fine_tuning/jobs/" + job);
        assertThat(trained.path("status").asString()).as(trained.toString()).isEqualTo("succeeded");
        String checkpoint = trained.path("fine_tuned_model").asString() + ":ckpt-step-2";
        assertThat(chat(BETA, checkpoint).statusCode()).isEqualTo(404);

        HttpResponse<String> granted =
                post(ALPHA, "/v1/fine_tuning/checkpoints/" + checkpoint + "/permissions", "{'project_ids': ['beta']}");

        assertThat(granted.statusCode()).as(granted.body()).isEqualTo(200);
        HttpResponse<String> answer = chat(BETA, checkpoint);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).at("/choices/0/message/content"))
                .isEqualTo(json(chat(ALPHA, checkpoint)).at("/choices/0/message/content"));
        assertThat(chat(BETA, trained.path("fine_tuned_model").asString()).statusCode())
                .isEqualTo(404);
        assertEvaluated(checkpoint);
    }

    private void assertEvaluated(String checkpoint) throws IOException {
        String test = file(BETA, FilePurpose.FINE_TUNE, rows("tickets.test.jsonl", 10));
        HttpResponse<String> created = post(
                BETA,
                "/v1/fine_tuning/evaluations",
                "{'model': '%s', 'test_file': '%s', 'max_new_tokens': 8}".formatted(checkpoint, test));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(202);
        String path = "/v1/fine_tuning/evaluations/" + json(created).path("id").asString();
        await(() -> !json(get(BETA, path)).path("status").asString().matches("queued|running"));
        assertThat(json(get(BETA, path)).path("status").asString()).isEqualTo("succeeded");
        assertThat(json(get(BETA, path)).path("rows").asInt()).isEqualTo(10);
        assertThat(get(ALPHA, path).statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> chat(String tenant, String model) {
        return post(
                tenant,
                "/v1/chat/completions",
                "{'model': '%s', 'temperature': 0, 'max_tokens': 8, 'messages': [{'role': 'user', 'content': 'Where is my kettle?'}]}"
                        .formatted(model));
    }
}
