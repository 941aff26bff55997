package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A path that a client has made of a wrong base URL is answered with the right one. */
class UnknownPathsIT extends ServiceTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /chat/completions                     | The path of the API begins with /v1: /v1/chat/completions
            /fine_tuning/jobs                     | The path of the API begins with /v1: /v1/fine_tuning/jobs
            /v1/v1/files                          | /v1 is there twice: /v1/files
            /v1/chat/completions/chat/completions | The base URL of a client ends with /v1: /v1/chat/completions
            """)
    void theRightPathIsTold(String path, String hint) {
        HttpResponse<String> answer = post(ALPHA, path, "{}");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).at("/error/message").asString())
                .isEqualTo("Unknown request URL: POST " + path + ". " + hint);
    }
}
