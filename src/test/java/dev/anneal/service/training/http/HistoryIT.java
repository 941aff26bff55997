package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;

/** Events as they come, and series as JSON, CSV, result file and dashboard view. */
class HistoryIT extends ServiceTest {

    private String id = "";

    @BeforeEach
    void createJob() {
        id = queuedJob(ALPHA, file(ALPHA, 20), "");
    }

    @Test
    void streamReplaysThenFollowsUntilTheJobEnds() {
        CompletableFuture<List<String>> stream = CompletableFuture.supplyAsync(() -> lines("/events?stream=true"));
        playedWorker().steps(1, 30).checkpoint(30).complete();

        List<String> lines = stream.join();

        assertThat(lines).anyMatch(line -> line.contains("Created fine-tuning job"));
        assertThat(lines).anyMatch(line -> line.contains("Step 30/30"));
        assertThat(lines.stream().filter(line -> line.startsWith("id:"))).doesNotHaveDuplicates();
        assertThat(lines.stream().filter(line -> !line.isEmpty()).toList()).endsWith("event:done", "data:[DONE]");
        JsonNode first = JSON.readTree(lines.stream()
                .filter(line -> line.startsWith("data:"))
                .findFirst()
                .orElseThrow()
                .substring(5));
        assertThat(first.get("object").stringValue()).isEqualTo("fine_tuning.job.event");
        assertThat(first.get("created_at").isIntegralNumber()).isTrue();
    }

    @Test
    void streamGoesOnBehindTheLastEventThatWasSeen() {
        playedWorker().finish(0);
        JsonNode events = json(get(ALPHA, path("/events?limit=1000"))).get("data");
        String third = events.get(events.size() - 3).get("id").stringValue();

        List<String> ids = send(
                        request(ALPHA, path("/events?stream=true")).header("Last-Event-ID", third),
                        HttpResponse.BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith("id:"))
                .map(line -> line.substring(3))
                .toList();

        assertThat(ids).hasSize(events.size() - 3).doesNotContain(third);
        assertThat(get(ALPHA, path("/events?stream=true&after=ftevent-unknown")).statusCode())
                .isEqualTo(400);
    }

    @Test
    void eventPagesEndEvenForClientsThatIgnoreHasMore() {
        playedWorker().steps(1, 4);
        JsonNode events = json(get(ALPHA, path("/events?limit=1000"))).get("data");
        String oldest = events.get(events.size() - 1).get("id").stringValue();

        JsonNode behind = json(get(ALPHA, path("/events?after=" + oldest)));

        assertThat(behind.get("data")).isEmpty();
        assertThat(behind.get("has_more").booleanValue()).isFalse();
        assertThat(json(get(ALPHA, path("/events?limit=2"))).get("has_more").booleanValue())
                .isTrue();
        assertThat(get(ALPHA, path("/events?limit=0")).statusCode()).isEqualTo(400);
    }

    @Test
    void checkpointPagesGoOnBehindOneThatIsGone() {
        playedWorker().steps(1, 4).checkpoint(1).checkpoint(2).checkpoint(3).checkpoint(4);
        JsonNode checkpoints = json(get(ALPHA, path("/checkpoints"))).get("data");
        assertThat(checkpoints).hasSize(4);
        String third = checkpoints.get(1).get("id").stringValue();
        TestDatabase.administrator()
                .sql("DELETE FROM checkpoint WHERE step = 3")
                .update();

        JsonNode behind = json(get(ALPHA, path("/checkpoints?after=" + third))).get("data");

        assertThat(behind.valueStream().map(row -> row.get("step_number").intValue()))
                .containsExactly(2, 1);
        String last = behind.get(1).get("id").stringValue();
        assertThat(json(get(ALPHA, path("/checkpoints?after=" + last))).get("data"))
                .isEmpty();
        assertThat(get(ALPHA, path("/checkpoints?after=ftckpt_unknown")).statusCode())
                .isEqualTo(400);
        assertThat(get(ALPHA, path("/checkpoints?after=" + id)).statusCode()).isEqualTo(400);
    }

    @Test
    void seriesIsCompleteInJsonAndPages() {
        playedWorker().steps(1, 10).validation(10);

        JsonNode rows = json(get(ALPHA, path("/metrics"))).get("data");
        assertThat(rows).hasSize(10);
        assertThat(rows.get(9).get("step").intValue()).isEqualTo(10);
        assertThat(rows.get(9).get("train_loss").doubleValue()).isEqualTo(0.2);
        assertThat(rows.get(9).get("beta").doubleValue()).isEqualTo(1 - 9 / 24.0);
        assertThat(rows.get(9).get("valid_loss").doubleValue()).isEqualTo(0.75);
        assertThat(rows.get(8).get("valid_loss").isNull()).isTrue();

        JsonNode page = json(get(ALPHA, path("/metrics?after=4&limit=3")));
        assertThat(page.get("data").get(0).get("step").intValue()).isEqualTo(5);
        assertThat(page.get("has_more").booleanValue()).isTrue();
        assertThat(get(ALPHA, path("/metrics?format=xml")).statusCode()).isEqualTo(400);
        assertThat(get(ALPHA, path("/metrics?after=x")).body()).contains("'after' must be an integer but is 'x'");
    }

    @Test
    void seriesHasAThousandRowsAPage() {
        playedWorker().steps(1, 24);
        TestDatabase.administrator().sql("""
                        INSERT INTO job_step (job_id, step, tenant_id, recorded_at, epoch, learning_rate, beta, trained_tokens, tokens,
                                              shared_tokens, tokens_per_second, seconds)
                        SELECT job_id, more, tenant_id, recorded_at, epoch, learning_rate, beta, trained_tokens, tokens,
                               shared_tokens, tokens_per_second, seconds
                        FROM job_step, generate_series(25, 1500) AS more
                        WHERE step = 24
                        """).update();

        JsonNode first = json(get(ALPHA, path("/metrics")));

        assertThat(first.get("data")).hasSize(1000);
        assertThat(first.get("has_more").booleanValue()).isTrue();
        assertThat(json(get(ALPHA, path("/metrics?after=" + first.get("last_id").stringValue())))
                        .get("data"))
                .hasSize(500);
        assertThat(get(ALPHA, path("/metrics?limit=1001")).statusCode()).isEqualTo(400);
        assertThat(get(ALPHA, path("/metrics?format=csv")).body().lines()).hasSize(1501);
    }

    @Test
    void csvAndResultFileHaveTheFixedHeader() throws IOException {
        playedWorker().steps(1, 2).validation(2).finish(2);
        String golden = new ClassPathResource("results/result.csv").getContentAsString(StandardCharsets.UTF_8);

        HttpResponse<String> csv = get(ALPHA, path("/metrics?format=csv"));

        assertThat(csv.headers().firstValue("content-type")).get().asString().startsWith("text/csv");
        assertThat(csv.body()).startsWith(golden);
        assertThat(csv.body().lines()).hasSize(31);
        StringBuilder result = new StringBuilder();
        trainings.writeResult(workOf("job", id), result::append);
        assertThat(result).hasToString(csv.body());
    }

    @Test
    void repeatedStepsReplaceTheRowsOfALostAttempt() {
        playedWorker().steps(1, 8).checkpoint(4).giveBack();
        playedWorker().steps(5, 6);

        assertThat(json(get(ALPHA, path("/metrics"))).get("data")).hasSize(8);
        assertThat(job(ALPHA, id).path("anneal").path("step").intValue()).isEqualTo(6);
    }

    @Test
    void dashboardsReadJobsAndTheirSeries() {
        playedWorker().steps(1, 3);

        List<String> jobs = TestDatabase.asRole(
                "anneal_readonly",
                jdbc -> jdbc.sql("SELECT job_id || ' ' || state || ' ' || step FROM anneal_job")
                        .query(String.class)
                        .list());
        Long steps = TestDatabase.asRole(
                "anneal_readonly",
                jdbc -> jdbc.sql("SELECT count(*) FROM anneal_job_series WHERE train_loss > 0")
                        .query(Long.class)
                        .single());

        assertThat(jobs).containsExactly(id + " running 3");
        assertThat(steps).isEqualTo(3);
    }

    private List<String> lines(String rest) {
        Stream<String> lines = send(request(ALPHA, path(rest)), HttpResponse.BodyHandlers.ofLines())
                .body();
        return lines.toList();
    }

    private String path(String rest) {
        return "/v1/fine_tuning/jobs/" + id + rest;
    }
}
