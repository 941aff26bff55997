package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** A process with the role inference alone. */
@TestPropertySource(properties = "anneal.roles=inference")
class InferenceRoleIT extends ServiceTest {

    @Test
    void generationIsServedAndNothingElse() {
        HttpResponse<String> chat = post(
                ALPHA, "/v1/chat/completions", "{'model': 'absent', 'messages': [{'role': 'user', 'content': 'Hi'}]}");
        HttpResponse<String> models = get(ALPHA, "/v1/models");

        assertThat(json(chat).at("/error/code").asString()).isEqualTo("model_not_found");
        assertThat(models.statusCode()).isEqualTo(404);
        assertThat(json(models).at("/error/message").asString()).contains("anneal.roles");
    }
}
