package dev.anneal.service.jobapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Dry runs say what a job would be and make none. */
class EstimateIT extends ServiceTest {

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
        assertThat(estimate.get("duration_seconds").isNull()).isTrue();
        assertThat(json(get(ALPHA, "/v1/fine_tuning/jobs")).get("data")).isEmpty();
    }

    @Test
    void badRequestsAreRefusedAsForAJob() {
        HttpResponse<String> answer =
                post(ALPHA, "/v1/fine_tuning/estimate", "{'model': 'gpt-4o', 'training_file': 'file-1'}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("model_not_available");
    }
}
