package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.openai.models.finetuning.jobs.FineTuningJob;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.file.FilePurpose;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Train, merge, evaluate: with the bundled model and the real engine, as a client of the HTTP API. */
@TestPropertySource(
        properties = {
            "anneal.roles=api,worker",
            "anneal.home=target/test-home-whole-path",
            "anneal.engine.cache-directory=target/engine-cache",
            "anneal.engine.heap=256MB",
            "anneal.engine.precision=fp32",
            "anneal.worker.poll-interval=200ms",
            "anneal.worker.publish-interval=200ms"
        })
class WholePathIT extends ServiceTest {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int STEPS = 20;

    /** Merged in fp32: rounding to the base's bf16 may decide otherwise between two tokens that are almost as likely. */
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
    }

    private void assertGradesAreTheSame(String tuned, String merged) {
        String file = file(ALPHA, FilePurpose.FINE_TUNE, sums());

        JsonNode ofTuned = graded(tuned, file);
        assertThat(ofTuned.path("rows").asInt()).isEqualTo(10);
        assertThat(ofTuned.path("metrics").path("reward").isNumber())
                .as(ofTuned.toString())
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

    private JsonNode graded(String subject, String testFile) {
        return endedEvaluation(
                "{%s, 'test_file': '%s', 'max_new_tokens': 8, 'completions': 2, 'temperature': 0, 'samples': 10, 'grader': {'type': 'text_similarity', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'evaluation_metric': 'fuzzy_match'}}"
                        .formatted(subject, testFile));
    }

    @Test
    void pairsAreTrainedThroughTheApiAndTheirMetricsAreTold() throws IOException {
        String pairs = file(ALPHA, FilePurpose.FINE_TUNE, rows("preferences.train.jsonl", 40));
        String test = file(ALPHA, FilePurpose.FINE_TUNE, rows("preferences.test.jsonl", 10));
        String id = queuedJob(
                ALPHA,
                pairs,
                ", 'validation_file': '%s', 'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'batch_size': 4, 'beta': 0.2, 'learning_rate_multiplier': 10}}}, 'anneal': {'max_steps': %d}"
                        .formatted(test, STEPS));

        JsonNode trained = ended("/v1/fine_tuning/jobs/" + id);
        assertThat(trained.path("status").asString()).as(trained.toString()).isEqualTo("succeeded");

        FineTuningJob job = openai(ALPHA).fineTuning().jobs().retrieve(id);
        assertThat(job.method()
                        .orElseThrow()
                        .dpo()
                        .orElseThrow()
                        .hyperparameters()
                        .orElseThrow()
                        .beta()
                        .orElseThrow()
                        .asNumber())
                .isEqualTo(0.2);
        openai(ALPHA).fineTuning().jobs().listEvents(id).autoPager().forEach(event -> event.validate());
        openai(ALPHA)
                .fineTuning()
                .jobs()
                .checkpoints()
                .list(id)
                .autoPager()
                .forEach(checkpoint -> checkpoint.validate());
        JsonNode series =
                json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/metrics")).path("data");
        JsonNode first = series.get(0);
        JsonNode last = series.get(STEPS - 1);
        assertThat(first.path("train_loss").asDouble()).isEqualTo(Math.log(2), within(1e-4));
        assertThat(last.path("metrics").path("rewards/accuracies").asDouble()).isEqualTo(1);
        assertThat(last.path("valid_metrics").path("rewards/accuracies").asDouble())
                .isGreaterThanOrEqualTo(0.9);
        assertThat(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/metrics?format=csv")
                        .body())
                .contains("logps/chosen", "rewards/margins", "valid_rewards/accuracies");

        JsonNode answers =
                evaluation("'model': '" + trained.path("fine_tuned_model").asString() + "'", test);
        assertThat(answers.path("samples").findValuesAsString("expected"))
                .hasSize(10)
                .allMatch(preferred -> preferred.startsWith("{\"customer\""));
    }

    private JsonNode evaluation(String subject, String testFile) {
        return endedEvaluation(
                "{%s, 'test_file': '%s', 'max_new_tokens': 24, 'samples': 10}".formatted(subject, testFile));
    }

    private JsonNode endedEvaluation(String body) {
        String id = id("/v1/fine_tuning/evaluations", body);
        JsonNode evaluation = ended("/v1/fine_tuning/evaluations/" + id);
        assertThat(evaluation.path("status").asString())
                .as(evaluation.toString())
                .isEqualTo("succeeded");
        return evaluation;
    }

    private String id(String path, String body) {
        HttpResponse<String> created = post(ALPHA, path, body);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(202);
        return json(created).path("id").asString();
    }

    private JsonNode ended(String path) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode object = json(get(ALPHA, path));
        while (!List.of("succeeded", "failed", "cancelled")
                .contains(object.path("status").asString())) {
            assertThat(System.nanoTime())
                    .as("not ended within " + PATIENCE + ": " + object)
                    .isLessThan(deadline);
            Waiting.pause();
            object = json(get(ALPHA, path));
        }
        return object;
    }

    private static String rows(String name, int count) throws IOException {
        return Files.readAllLines(Path.of("src/main/resources/demo").resolve(name)).stream()
                .limit(count)
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
