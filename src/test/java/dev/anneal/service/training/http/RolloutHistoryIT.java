package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a method measures beside the loss, and completions word for word, as clients read them. */
class RolloutHistoryIT extends ServiceTest {

    private String id = "";

    @BeforeEach
    void createJob() {
        id = queuedJob(ALPHA, file(ALPHA, 20), "");
    }

    @Test
    void metricsOfTheMethodAreInSeriesEventsAndCsv() {
        playedWorker().rollout(1).rollout(2).rewardedValidation(2);

        JsonNode rows = json(get(ALPHA, path("/metrics"))).get("data");
        assertThat(rows.get(1).path("metrics").path("reward").doubleValue()).isEqualTo(0.5);
        assertThat(rows.get(0).path("valid_metrics")).isEmpty();
        assertThat(rows.get(1).path("valid_metrics").path("reward").doubleValue())
                .isEqualTo(0.875);
        assertThat(get(ALPHA, path("/metrics?format=csv")).body().lines())
                .first()
                .asString()
                .endsWith(",tokens_per_second,completions/mean_length,reward,valid_reward");
        assertThat(get(ALPHA, path("/metrics?format=csv"))
                        .body()
                        .lines()
                        .toList()
                        .get(2))
                .endsWith(",3.5,0.5,0.875");
        String events = get(ALPHA, path("/events?limit=100")).body();
        assertThat(events)
                .contains("Step 1/30: reward=0.2500, training loss=2.0000, beta=1.0000")
                .contains("Step 2: full validation reward=0.8750, beta=0.9167")
                .contains("\"full_valid_reward\":0.875");
    }

    @Test
    void samplesComeNewestStepFirstAndInPages() {
        playedWorker().rollout(1).rollout(2);

        JsonNode all = json(get(ALPHA, path("/samples")));
        assertThat(all.get("data")).hasSize(4);
        JsonNode first = all.get("data").get(0);
        assertThat(first.get("step").intValue()).isEqualTo(2);
        assertThat(first.get("completion").stringValue())
                .as("PostgreSQL has no zero character")
                .isEqualTo("2\uFFFD");
        assertThat(first.get("reward").doubleValue()).isEqualTo(1.0);
        JsonNode second = all.get("data").get(1);
        assertThat(second.get("reward").isNull()).isTrue();
        assertThat(second.get("truncated").booleanValue()).isTrue();
        assertThat(second.get("errors").get(0).stringValue()).contains("item.answer");

        JsonNode page = json(get(ALPHA, path("/samples?limit=3")));
        assertThat(page.get("has_more").booleanValue()).isTrue();
        JsonNode rest = json(
                get(ALPHA, path("/samples?limit=3&after=" + page.get("last_id").stringValue())));
        assertThat(rest.get("data")).hasSize(1);
        assertThat(rest.get("data").get(0).get("id").stringValue()).isEqualTo("ftsample-1-1");
        assertThat(json(get(ALPHA, path("/samples?order=asc&limit=1")))
                        .get("data")
                        .get(0)
                        .get("step")
                        .intValue())
                .isEqualTo(1);
        assertThat(get(ALPHA, path("/samples?after=ftsample-x")).statusCode()).isEqualTo(400);
        assertThat(get(BETA, path("/samples")).statusCode()).isEqualTo(404);
    }

    @Test
    void repeatedRolloutsReplaceThoseOfALostAttempt() {
        playedWorker().rollout(1).rollout(2).giveBack();
        playedWorker().rollout(2);

        assertThat(json(get(ALPHA, path("/samples"))).get("data")).hasSize(4);
    }

    private String path(String rest) {
        return "/v1/fine_tuning/jobs/" + id + rest;
    }
}
