package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.training.outlook.PastTraining;
import dev.anneal.service.training.settings.TrainingCost;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Dry runs say what a job would be and make none. */
class EstimateIT extends ServiceTest {

    private static final String SUMS =
            ", 'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'string_check', 'name': 'sum', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'operation': 'eq'}}}";

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void estimateHoldsWhatTheJobWouldShow() {
        String body = "{'model': 'anneal-tiny', 'training_file': '" + file(ALPHA, 20) + "', 'afa_lora': {'rank': 8}}";

        JsonNode estimate = json(post(ALPHA, "/v1/fine_tuning/estimate", body));

        assertThat(estimate.get("object").stringValue()).isEqualTo("fine_tuning.estimate");
        assertThat(estimate.get("complete").booleanValue()).isTrue();
        assertThat(estimate.get("rows").intValue()).isEqualTo(20);
        assertThat(estimate.get("total_steps").intValue()).isEqualTo(30);
        assertThat(estimate.get("annealed_at_step").intValue()).isEqualTo(24);
        assertThat(estimate.path("hyperparameters").path("n_epochs").intValue()).isEqualTo(10);
        assertThat(estimate.path("validation_report").path("accepted").intValue())
                .isEqualTo(20);
        assertThat(estimate.get("tokens").longValue())
                .isEqualTo(10 * estimate.path("token_report").path("tokens").longValue());
        assertThat(estimate.path("memory").path("weights_bytes").longValue()).isEqualTo(4 * 2_656_704 + 2 * 1536 * 192);
        long parts = Stream.of("process", "weights", "adapter", "activations", "head", "sampling")
                .mapToLong(part -> estimate.path("memory").path(part + "_bytes").longValue())
                .sum();
        assertThat(estimate.path("memory").path("total_bytes").longValue())
                .isEqualTo(Math.max(
                        parts, estimate.path("memory").path("loading_bytes").longValue()));
        assertThat(json(get(ALPHA, "/v1/fine_tuning/jobs")).get("data")).isEmpty();
    }

    /** The outlook looks again after 15 seconds at the latest. */
    @Test
    void durationSaysWhatItRestsOn() {
        String body = "{'model': 'anneal-tiny', 'training_file': '" + file(ALPHA, 20) + "'}";

        JsonNode guess = estimateBy("guess", body);
        JsonNode open = estimate("{'model': 'anneal-tiny', 'training_file': '" + prompts(ALPHA) + "'" + SUMS + "}");
        PastTraining.add("another-model", new TrainingCost(1.6e12, "fp32", 600));
        JsonNode others = estimateBy("other_models", body);

        assertThat(guess.get("duration_seconds").isNull()).isTrue();
        assertThat(guess.at("/duration_range/from_seconds").doubleValue()).isBetween(2.0, 10.0);
        assertThat(guess.at("/duration_range/to_seconds").doubleValue()).isBetween(15.0, 600.0);
        assertThat(guess.at("/warnings/0").asString())
                .contains(
                        " is a guess ",
                        "no recent job here was trained in fp32",
                        "becomes an estimate after the first one");
        assertThat(open.at("/warnings/0").asString()).contains("How long the completions", "256 tokens each");
        assertThat(open.at("/warnings/1").asString()).contains(" is a guess ");
        assertThat(open.at("/duration_range/to_seconds").doubleValue())
                .isGreaterThan(guess.at("/duration_range/to_seconds").doubleValue());
        assertThat(others.get("duration_seconds").doubleValue()).isBetween(4.0, 60.0);
        assertThat(others.get("duration_range").isNull()).isTrue();
        assertThat(others.get("warnings")).isEmpty();
    }

    /** #19: each had a thread of the web server for five seconds, so a tenant could take all of them. */
    @Test
    void estimatesThatWaitForACountHoldNoThreadAndAreFewForEachTenant() throws Exception {
        String body = bodyOfAFileThatAnotherProcessCounts();

        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int estimate = 0; estimate < 12; estimate++) {
            asked.add(CompletableFuture.supplyAsync(() -> post(ALPHA, "/v1/fine_tuning/estimate", body), threads));
        }
        await(() -> asked.stream().filter(CompletableFuture::isDone).count() == 4);
        assertThat(threadsOfEstimates()).isEmpty();

        TestDatabase.administrator().sql("""
                        UPDATE file_check
                        SET state = 'DONE', claimed_by = NULL, claimed_until = NULL,
                            report = (SELECT report FROM file_check WHERE state = 'DONE' AND kind = 'COUNT' LIMIT 1)
                        WHERE claimed_by = 'another'
                        """).update();

        int complete = 0;
        for (CompletableFuture<HttpResponse<String>> answer : asked) {
            complete += json(answer.get(3, TimeUnit.SECONDS)).get("complete").booleanValue() ? 1 : 0;
        }
        assertThat(complete).isEqualTo(8);
    }

    @Test
    void estimateOfAFileThatTakesLongToCountIsIncomplete() {
        JsonNode estimate = estimate(bodyOfAFileThatAnotherProcessCounts());

        assertThat(estimate.get("complete").booleanValue()).isFalse();
        assertThat(estimate.get("tokens").isNull()).isTrue();
    }

    private String bodyOfAFileThatAnotherProcessCounts() {
        estimate("{'model': 'anneal-tiny', 'training_file': '" + file(ALPHA, 20) + "'}");
        String file = file(ALPHA, 21);
        CountedElsewhere.begin(file);
        return "{'model': 'anneal-tiny', 'training_file': '" + file + "'}";
    }

    private static List<Thread> threadsOfEstimates() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> Stream.of(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().contains("JobController")))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Half of 512 tokens each, until a job of the project has sampled 3.5. */
    @Test
    void lengthOfCompletionsIsARangeUntilAJobHasSampledSome() {
        String body = "{'model': 'anneal-tiny', 'training_file': '" + prompts(ALPHA) + "'" + SUMS + "}";
        PastTraining.add("anneal-tiny", new TrainingCost(1.6e12, "fp32", 192));

        JsonNode unknown = estimateBy("past_jobs", body);
        queuedJob(ALPHA, prompts(ALPHA), SUMS);
        playedWorker().rollout(1).rollout(2);
        JsonNode known = estimate(body);

        assertThat(unknown.get("completion_tokens").doubleValue()).isEqualTo(256);
        double from = unknown.at("/duration_range/from_seconds").doubleValue();
        double to = unknown.at("/duration_range/to_seconds").doubleValue();
        assertThat(unknown.get("duration_seconds").doubleValue()).isStrictlyBetween(from, to);
        assertThat(unknown.get("warnings")).hasSize(1);
        assertThat(unknown.at("/warnings/0").asString()).contains("'anneal-tiny'", "256 tokens each");
        assertThat(known.get("completion_tokens").doubleValue()).isEqualTo(3.5);
        assertThat(known.get("duration_range").isNull()).isTrue();
        assertThat(known.get("warnings")).isEmpty();
        assertThat(known.get("duration_seconds").doubleValue()).isBetween(from, from + (to - from) / 50);
        assertThat(json(post(BETA, "/v1/fine_tuning/estimate", body.replaceAll("file-\\w+", prompts(BETA))))
                        .get("completion_tokens")
                        .doubleValue())
                .isEqualTo(256);
    }

    private String prompts(String tenant) {
        return file(
                tenant,
                FilePurpose.FINE_TUNE,
                "{\"messages\": [{\"role\": \"user\", \"content\": \"1 + 1 =\"}], \"answer\": \"2\"}\n".repeat(16));
    }

    private JsonNode estimateBy(String basis, String body) {
        return awaitValue(
                () -> estimate(body),
                estimate -> estimate.get("duration_basis").asString().equals(basis));
    }

    private JsonNode estimate(String body) {
        return json(post(ALPHA, "/v1/fine_tuning/estimate", body));
    }

    @Test
    void badRequestsAreRefusedAsForAJob() {
        HttpResponse<String> answer =
                post(ALPHA, "/v1/fine_tuning/estimate", "{'model': 'gpt-4o', 'training_file': 'file-1'}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("model_not_available");
    }
}
