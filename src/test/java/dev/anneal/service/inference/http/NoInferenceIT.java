package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** An api without anybody who generates says what its operator can do. */
class NoInferenceIT extends ServiceTest {

    @Test
    void nobodyGenerates() {
        HttpResponse<String> answer = post(
                ALPHA,
                "/v1/chat/completions",
                "{'model': 'anneal-tiny', 'messages': [{'role': 'user', 'content': 'Hi'}]}");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(json(answer).at("/error/message").asString()).contains("anneal.roles", "anneal.inference.url");
    }
}
