package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.checkpoints.FineTuningJobCheckpoint;
import com.openai.services.blocking.finetuning.JobService;
import dev.anneal.SystemTest;
import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Learning from preferences and from rewards, through OpenAI's strictest client where it knows the objects. */
@SystemTest
class LearningPathIT extends EngineTest {

    private static final int STEPS = 20;

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
        requireStrictlyReadable(id);
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

    @Test
    void sumsAreLearnedFromRewardsThroughTheApi() throws IOException {
        String sums = file(ALPHA, FilePurpose.FINE_TUNE, rows("addition.train.jsonl", 400));
        String test = file(ALPHA, FilePurpose.FINE_TUNE, rows("addition.test.jsonl", 40));
        String id = queuedJob(ALPHA, sums, """
                        , 'validation_file': '%s', 'method': {'type': 'reinforcement', 'reinforcement': {
                          'grader': {'type': 'string_check', 'name': 'sum', 'input': '{{sample.output_text}}',
                                     'reference': '{{item.answer}}', 'operation': 'eq'},
                          'hyperparameters': {'batch_size': 8, 'learning_rate_multiplier': 1.5, 'eval_samples': 2}}},
                        'anneal': {'max_steps': %d, 'rollouts': {'max_completion_tokens': 16}}
                        """.formatted(test, STEPS));

        JsonNode trained = ended("/v1/fine_tuning/jobs/" + id);
        assertThat(trained.path("status").asString()).as(trained.toString()).isEqualTo("succeeded");
        assertThat(trained.at("/method/reinforcement/grader/operation").asString())
                .isEqualTo("eq");

        FineTuningJob job = openai(ALPHA).fineTuning().jobs().retrieve(id);
        assertThat(job.method()
                        .orElseThrow()
                        .reinforcement()
                        .orElseThrow()
                        .grader()
                        .asStringCheck()
                        .name())
                .isEqualTo("sum");
        requireStrictlyReadable(id);
        JsonNode series =
                json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/metrics")).path("data");
        assertThat(series.get(STEPS - 1).at("/valid_metrics/reward").asDouble())
                .as("of sums that it never saw, half of which the base model gets right")
                .isGreaterThan(0.7);
        assertThat(series.get(STEPS - 1).path("beta").asDouble()).isZero();
        JsonNode samples = json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/samples?limit=100"))
                .path("data");
        assertThat(samples.findValuesAsString("prompt")).isNotEmpty().allMatch(prompt -> prompt.contains("assistant"));

        JsonNode export =
                ended("/v1/fine_tuning/jobs/" + id + "/exports/" + id("/v1/fine_tuning/jobs/" + id + "/merge", "{}"));
        assertThat(export.path("status").asString()).as(export.toString()).isEqualTo("succeeded");
    }

    /** All that a client reads of a job that has ended, and what its model says. */
    private void requireStrictlyReadable(String id) {
        OpenAIClient client = openai(ALPHA);
        JobService jobs = client.fineTuning().jobs();
        FineTuningJob job = jobs.retrieve(id).validate();
        jobs.list().autoPager().forEach(FineTuningJob::validate);
        jobs.listEvents(id).autoPager().forEach(FineTuningJobEvent::validate);
        jobs.checkpoints().list(id).autoPager().forEach(FineTuningJobCheckpoint::validate);
        client.files().list().autoPager().forEach(FileObject::validate);
        FileObject results = client.files().retrieve(job.resultFiles().get(0)).validate();
        assertThat(results.purpose()).isEqualTo(FileObject.Purpose.FINE_TUNE_RESULTS);
        String model = job.fineTunedModel().orElseThrow();
        client.models().retrieve(model).validate();
        ChatCompletionCreateParams asked = ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage("What is 17 + 25?")
                .temperature(0)
                .maxCompletionTokens(16)
                .logprobs(true)
                .topLogprobs(2)
                .build();
        ChatCompletion answer = client.chat().completions().create(asked).validate();
        assertThat(answer.choices().get(0).logprobs()).isPresent();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(asked)) {
            assertThat(stream.stream()
                            .map(ChatCompletionChunk::validate)
                            .flatMap(chunk -> chunk.choices().stream())
                            .flatMap(choice -> choice.delta().content().stream())
                            .collect(Collectors.joining()))
                    .isEqualTo(answer.choices().get(0).message().content().orElseThrow());
        }
    }
}
