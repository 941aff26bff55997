package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.services.blocking.finetuning.JobService;
import dev.anneal.engine.text.rows.Rows;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.queue.WorkError;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * OpenAI's strictest client reads jobs of every kind and in every state; one that it refused would hide all others of
 * its page.
 */
class StrictClientIT extends ServiceTest {

    private static final String CHECK =
            "'type': 'string_check', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'operation': 'eq'";
    private static final String NAMED = "{'name': 'sum', " + CHECK + "}";
    private static final String NEAR =
            "{'type': 'text_similarity', 'name': 'near', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'evaluation_metric': 'rouge_l', 'pass_threshold': 0.5}";
    private static final String SCORE =
            "{'type': 'score_model', 'name': 'judge', 'model': 'anneal-tiny', 'range': [0, 10], 'sampling_params': {'temperature': 0.5, 'max_completions_tokens': 8},"
                    + " 'input': [{'role': 'user', 'content': 'Rate {{sample.output_text}}'}]}";
    private static final String LABEL =
            "{'type': 'label_model', 'name': 'judge', 'model': 'anneal-tiny', 'labels': ['good', 'bad'], 'passing_labels': ['good'],"
                    + " 'input': [{'role': 'user', 'content': [{'type': 'input_text', 'text': 'Label {{sample.output_text}}'}]}]}";
    private static final String ENDPOINT =
            "{'type': 'endpoint', 'name': 'there', 'url': 'https://grader.example/grade', 'headers': {'authorization': 'Bearer secret'}}";

    @Test
    void jobsInEveryStateAreRead() {
        OpenAIClient client = openai(ALPHA);
        JobService jobs = client.fineTuning().jobs();
        String file = file(ALPHA, 20);
        String failed = queuedJob(ALPHA, file, "");
        playedWorker().steps(1, 2).fail(WorkError.ofUser("non_finite_loss", "the loss of step 3 is NaN", null));
        String running = queuedJob(ALPHA, file, "");
        playedWorker().steps(1, 2).checkpoint(2);
        String queued = queuedJob(ALPHA, file, ", 'metadata': {'team': 'a'}");

        assertThat(jobs.pause(queued).validate().status()).isEqualTo(FineTuningJob.Status.QUEUED);
        assertThat(job(ALPHA, queued).at("/anneal/state").asString()).isEqualTo("paused");
        assertThat(jobs.retrieve(queued).validate().metadata()).isPresent();
        assertThat(jobs.resume(queued).validate().status()).isEqualTo(FineTuningJob.Status.QUEUED);
        assertThat(jobs.cancel(queued).validate().status()).isEqualTo(FineTuningJob.Status.CANCELLED);
        assertThat(jobs.cancel(running).validate().status()).isEqualTo(FineTuningJob.Status.RUNNING);
        FineTuningJob.Error error = jobs.retrieve(failed).validate().error().orElseThrow();
        assertThat(error.code()).isEqualTo("non_finite_loss");
        assertThat(error.param()).isEmpty();
        assertThat(read(client)).extracting(FineTuningJob::id).containsExactly(queued, running, failed);
    }

    @Test
    void graderOfOpenAisIsShownInItsPlace() {
        OpenAIClient client = openai(ALPHA);
        List<String> graders = List.of(NAMED, NEAR, SCORE, multi(NAMED, "sum"), multi(LABEL, "judge"));

        for (String grader : graders) {
            JsonNode job = job(ALPHA, reinforced(grader));
            assertThat(job.at("/method/reinforcement/grader")).isEqualTo(parsed(grader));
            assertThat(job.at("/anneal/grader")).isEqualTo(parsed(grader));
        }
        assertThat(read(client))
                .hasSameSizeAs(graders)
                .extracting(job -> job.method().orElseThrow().reinforcement())
                .doesNotContainNull();
        JsonNode unnamed = job(ALPHA, reinforced("{" + CHECK + "}"));
        assertThat(unnamed.at("/method/reinforcement/grader/name").asString()).isEqualTo("string_check");
        assertThat(unnamed.at("/anneal/grader").has("name")).isFalse();
        assertThat(read(client).get(0).method().orElseThrow().reinforcement()).isPresent();
    }

    @Test
    void graderThatOpenAisTypesCannotSayIsShownBesideThem() {
        OpenAIClient client = openai(ALPHA);
        List<String> graders = List.of(
                ENDPOINT,
                LABEL,
                multi(ENDPOINT, "there"),
                multi("[" + NAMED + ", " + NEAR + "]", "sum + near"),
                multi("{'a': {" + CHECK + "}, 'b': " + NEAR + "}", "a + b"));

        for (String grader : graders) {
            JsonNode job = job(ALPHA, reinforced(grader));
            assertThat(job.get("method")).isEqualTo(parsed("{'type': 'reinforcement'}"));
            assertThat(job.at("/anneal/grader")).isEqualTo(parsed(grader.replace("Bearer secret", "(hidden)")));
        }
        assertThat(read(client))
                .hasSameSizeAs(graders)
                .allMatch(job -> job.method().orElseThrow().reinforcement().isEmpty());
    }

    @Test
    void methodThatOpenAisTypesDoNotKnowIsShownBesideThem() {
        String id = queuedJob(
                ALPHA,
                file(ALPHA, 20),
                ", 'method': {'type': 'speculative_draft', 'speculative_draft': {'kind': 'model', 'draft_model': 'anneal-tiny'}}");

        assertThat(read(openai(ALPHA))).extracting(FineTuningJob::id).containsExactly(id);
        assertThat(job(ALPHA, id).get("method").isNull()).isTrue();
        assertThat(job(ALPHA, id).at("/anneal/method/type").asString()).isEqualTo("speculative_draft");
    }

    private static List<FineTuningJob> read(OpenAIClient client) {
        Stream<FineTuningJob> jobs = client.fineTuning().jobs().list().autoPager().stream();
        return jobs.map(FineTuningJob::validate).toList();
    }

    private static String multi(String graders, String formula) {
        return "{'type': 'multi', 'name': 'all', 'graders': %s, 'calculate_output': '%s'}".formatted(graders, formula);
    }

    private String reinforced(String grader) {
        String prompts = file(ALPHA, FilePurpose.FINE_TUNE, (Rows.prompt("What is 17 + 25?") + "\n").repeat(10));
        return queuedJob(
                ALPHA,
                prompts,
                ", 'method': {'type': 'reinforcement', 'reinforcement': {'grader': %s}}, 'anneal': {'rollouts': {'max_completion_tokens': 16}}"
                        .formatted(grader));
    }

    private static JsonNode parsed(String json) {
        return JSON.readTree(json.replace('\'', '"'));
    }
}
