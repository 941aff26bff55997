package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.PlayedWorker;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What a client is told of a tuned model whose files are not as they were written. */
class DamagedModelsIT extends InferenceTest {

    @Autowired
    private ArtifactStore store;

    private String model = "";
    private Path checkpoint = Path.of("");

    @BeforeEach
    void train() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker worker = playedWorker();
        worker.finish(0);
        model = job(ALPHA, job).path("fine_tuned_model").asString();
        checkpoint = store.localFolder(new ArtifactKey("%s/%s/attempt-%d/checkpoint-%d"
                .formatted(ALPHA, job, worker.lease().token(), worker.totalSteps())));
    }

    @Test
    void aDamagedCheckpointIsSaidToBeOne() throws IOException {
        Files.writeString(checkpoint.resolve("state.json"), "{");

        JsonNode error = refusal(422, "checkpoint_damaged");

        assertThat(error.path("param").asString()).isEqualTo("model");
        assertThat(error.path("message").asString())
                .startsWith("The model's checkpoint is damaged: checkpoint-")
                .contains("state.json cannot be read. The operator")
                .doesNotContain("artifacts", ALPHA);
    }

    /** What the machine says of a folder in a file's place. */
    @Test
    void aFaultOfTheMachineIsForItsLogAlone() throws IOException {
        Files.createDirectory(checkpoint.resolve("state.json"));

        assertThat(refusal(500, "internal_error").path("message").asString())
                .isEqualTo(
                        "The answer could not be generated, by a fault of this installation; its log says which. Try again.");
    }

    private JsonNode refusal(int status, String code) {
        HttpResponse<String> answer = post(
                ALPHA,
                "/v1/chat/completions",
                "{'model': '" + model + "', 'messages': [{'role': 'user', 'content': 'Hi'}]}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = json(answer).path("error");
        assertThat(error.path("code").asString()).isEqualTo(code);
        return error;
    }
}
