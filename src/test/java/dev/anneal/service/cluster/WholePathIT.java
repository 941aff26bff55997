package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Train, merge, evaluate: with the bundled model and the real engine, as a client of the HTTP API. */
class WholePathIT extends EngineTest {

    private static final int STEPS = 20;

    /**
     * Merged in fp32: rounding to the base's bf16 may decide otherwise between two tokens that are almost as likely.
     */
    private static final String MERGE = "{'dtype': 'float32'}";

    @Test
    void aTrainingIsMergedWithProofAndTheMergedModelAnswersAsTheTrainedOne() throws IOException {
        String tickets = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 64));
        String test = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.test.jsonl", 10));
        String job = queuedJob(
                ALPHA,
                tickets,
                ", 'validation_file': '%s', 'hyperparameters': {'batch_size': 8}, 'anneal': {'max_steps': %d, 'checkpoint_interval': 5}"
                        .formatted(test, STEPS));

        JsonNode trained = ended("/v1/fine_tuning/jobs/" + job);
        assertThat(trained.path("status").asString()).as(trained.toString()).isEqualTo("succeeded");
        assertThat(trained.path("anneal").path("beta").asDouble()).isZero();

        JsonNode export = ended(
                "/v1/fine_tuning/jobs/" + job + "/exports/" + id("/v1/fine_tuning/jobs/" + job + "/merge", MERGE));
        assertThat(export.path("status").asString()).as(export.toString()).isEqualTo("succeeded");
        assertThat(export.findValuesAsString("name")).contains("manifest.json", "model.safetensors", "tokenizer.json");

        JsonNode gguf = ended("/v1/fine_tuning/jobs/" + job + "/exports/"
                + id("/v1/fine_tuning/jobs/" + job + "/exports", "{'kind': 'gguf', 'gguf_type': 'q8_0'}"));
        assertThat(gguf.path("status").asString()).as(gguf.toString()).isEqualTo("succeeded");
        assertThat(gguf.findValuesAsString("name")).contains("manifest.json", "anneal-tiny-Q8_0.gguf", "ANNEAL.svg");

        JsonNode ofAdapter =
                evaluation("'model': '" + trained.path("fine_tuned_model").asString() + "'", test);
        JsonNode ofMerged = evaluation("'export': '" + export.path("id").asString() + "'", test);
        assertThat(ofAdapter.path("rows").asInt()).isEqualTo(10);
        assertThat(ofMerged.path("samples")).isEqualTo(ofAdapter.path("samples"));
        assertThat(ofMerged.path("exact_matches")).isEqualTo(ofAdapter.path("exact_matches"));
        assertGradesAreTheSame(
                "'model': '" + trained.path("fine_tuned_model").asString() + "'",
                "'export': '" + export.path("id").asString() + "'");
        assertChatsAnswerAsEvaluated(trained.path("fine_tuned_model").asString(), ofAdapter.path("samples"));
    }

    /** The tuned model, unmerged; and a checkpoint whose adapter is not linear yet. */
    private void assertChatsAnswerAsEvaluated(String model, JsonNode samples) {
        for (JsonNode sample : samples) {
            assertThat(chat(model, sample.path("prompt")))
                    .isEqualTo(sample.path("answer").asString());
        }
        assertThat(chat(model + ":ckpt-step-5", samples.get(0).path("prompt"))).isNotEmpty();
        HttpResponse<String> foreign =
                post(BETA, "/v1/chat/completions", request(model, samples.get(0).path("prompt")));
        assertThat(foreign.statusCode()).isEqualTo(404);
        assertThat(json(foreign).at("/error/code").asString()).isEqualTo("model_not_found");
    }

    private String chat(String model, JsonNode prompt) {
        HttpResponse<String> answer = post(ALPHA, "/v1/chat/completions", request(model, prompt));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer).at("/choices/0/message/content").asString().strip();
    }

    private static String request(String model, JsonNode prompt) {
        return "{\"model\": \"%s\", \"temperature\": 0, \"max_tokens\": 24, \"messages\": [{\"role\": \"system\", \"content\": \"Turn the support ticket into one line of JSON.\"}, {\"role\": \"user\", \"content\": %s}]}"
                .formatted(model, prompt);
    }

    private void assertGradesAreTheSame(String tuned, String merged) {
        String file = file(ALPHA, FilePurpose.FINE_TUNE, sums());

        JsonNode ofTuned = graded(tuned, file);
        assertThat(ofTuned.path("rows").asInt()).isEqualTo(10);
        assertThat(ofTuned.path("metrics").path("reward").isNumber())
                .as(ofTuned.toString())
                .isTrue();
        assertThat(ofTuned.path("metrics").path("rewards/judge/mean").isNumber())
                .as("a judge's word: " + ofTuned)
                .isTrue();
        JsonNode ofMerged = graded(merged, file);
        assertThat(ofMerged.path("metrics")).isEqualTo(ofTuned.path("metrics"));
        assertThat(ofMerged.path("samples")).isEqualTo(ofTuned.path("samples"));
    }

    private static String sums() {
        StringBuilder sums = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            sums.append(
                    "{\"messages\": [{\"role\": \"user\", \"content\": \"What is %d + %d?\"}], \"answer\": \"%d\"}\n"
                            .formatted(20 + i, 30 + i, 50 + 2 * i));
        }
        return sums.toString();
    }

    /** By a likeness; the bundled model, which a worker asks, judges as well. */
    private JsonNode graded(String subject, String testFile) {
        return endedEvaluation(
                "{%s, 'test_file': '%s', 'max_new_tokens': 8, 'completions': 2, 'temperature': 0, 'samples': 10, 'grader': {'type': 'multi', 'calculate_output': 'near', 'graders': {'near': {'type': 'text_similarity', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'evaluation_metric': 'fuzzy_match'}, 'judge': {'type': 'score_model', 'model': 'anneal-tiny', 'input': [{'role': 'user', 'content': 'What is 12 + 13?'}]}}}}"
                        .formatted(subject, testFile));
    }
}
