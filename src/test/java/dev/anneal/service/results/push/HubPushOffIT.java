package dev.anneal.service.results.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** An installation whose operator has set no token pushes nothing. */
class HubPushOffIT extends ServiceTest {

    @Test
    void nothingIsPushedWithoutAToken() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().finish(0);
        String path = "/v1/fine_tuning/jobs/" + job;
        String export = json(post(ALPHA, path + "/merge", "")).path("id").asString();

        HttpResponse<String> answer = post(ALPHA, path + "/exports/" + export + "/push", "{'repo_id': 'acme/tiny'}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("hub_push_not_configured", "anneal.hub.push-token");
        assertThat(json(get(ALPHA, path + "/exports/" + export + "/push")).path("data"))
                .isEmpty();
    }
}
