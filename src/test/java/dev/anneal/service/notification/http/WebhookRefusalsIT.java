package dev.anneal.service.notification.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.Penetration;
import dev.anneal.service.ServiceTest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;

/** What endpoints may not be, and who may not see them. */
@TestPropertySource(properties = "anneal.webhooks.max-endpoints=2")
@Penetration
class WebhookRefusalsIT extends ServiceTest {

    private static final String ENDPOINTS = "/v1/webhook_endpoints";
    private static final String GOOD =
            "{'name': 'n', 'url': 'https://example.com/h', 'event_types': ['fine_tuning.job.failed']}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | missing_parameter | name",
                "{'name': 'n', 'event_types': ['fine_tuning.job.failed']} | missing_parameter | url",
                "{'name': 'n', 'url': 'https://a.b/'} | missing_parameter | event_types",
                "{'name': 'n', 'url': 'https://a.b/', 'event_types': []} | invalid_value | event_types",
                "{'name': 'n', 'url': 'https://a.b/', 'event_types': ['batch.failed']} | invalid_value | event_types",
                "{'name': 'n', 'url': 'ftp://a.b/', 'event_types': ['fine_tuning.job.failed']} | invalid_value | url",
                "{'name': 'n', 'url': 'https://u:p@a.b/', 'event_types': ['fine_tuning.job.failed']} | invalid_value | url",
                "{'name': 'n', 'url': 'nowhere', 'event_types': ['fine_tuning.job.failed']} | invalid_value | url",
                "{'name': '', 'url': 'https://a.b/', 'event_types': ['fine_tuning.job.failed']} | invalid_value | name",
                "{'name': 'n', 'url': 'https://a.b/', 'event_types': ['fine_tuning.job.failed'], 'secret': 'x'} | unknown_parameter | secret",
                "{'name': 'n', 'url': 'https://a.b/', 'event_types': ['fine_tuning.job.failed'], 'anneal': {'on': true}} | unknown_parameter | anneal.on"
            })
    void whatIsWrongIsNamed(String body, String code, String param) {
        HttpResponse<String> answer = post(ALPHA, ENDPOINTS, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).at("/error/code").stringValue()).isEqualTo(code);
        assertThat(json(answer).at("/error/param").stringValue()).isEqualTo(param);
    }

    @Test
    void aTenantHasSoManyAndNoMore() {
        assertThat(post(ALPHA, ENDPOINTS, GOOD).statusCode()).isEqualTo(200);
        assertThat(post(ALPHA, ENDPOINTS, GOOD).statusCode()).isEqualTo(200);
        HttpResponse<String> third = post(ALPHA, ENDPOINTS, GOOD);
        assertThat(third.statusCode()).isEqualTo(400);
        assertThat(json(third).at("/error/message").stringValue()).contains("anneal.webhooks.max-endpoints");
        assertThat(post(BETA, ENDPOINTS, GOOD).statusCode()).isEqualTo(200);
    }

    @Test
    void endpointsOfOthersDoNotExist() {
        String id = json(post(ALPHA, ENDPOINTS, GOOD)).get("id").stringValue();
        for (String path : List.of("", "/deliveries")) {
            assertThat(get(BETA, ENDPOINTS + "/" + id + path).statusCode()).isEqualTo(404);
        }
        for (String path : List.of("", "/rotate_secret", "/test", "/deliveries/wh_1/replay")) {
            String body = "{'event_type': 'fine_tuning.job.failed'}";
            assertThat(post(BETA, ENDPOINTS + "/" + id + path, path.equals("/test") ? body : "")
                            .statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(send(request(BETA, ENDPOINTS + "/" + id).method("DELETE", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(404);
        assertThat(json(get(BETA, ENDPOINTS)).get("data")).isEmpty();
        assertThat(get(ALPHA, ENDPOINTS + "/" + id).body()).doesNotContain("signing_secret\"");
    }

    @Test
    void listsRefuseWhatIsNotInThem() {
        String id = json(post(ALPHA, ENDPOINTS, GOOD)).get("id").stringValue();
        assertThat(get(ALPHA, ENDPOINTS + "?after=x").statusCode()).isEqualTo(400);
        assertThat(json(get(ALPHA, ENDPOINTS + "?after=" + id)).get("data")).isEmpty();
        String deliveries = ENDPOINTS + "/" + id + "/deliveries";
        assertThat(get(ALPHA, deliveries + "?after=wh_1").statusCode()).isEqualTo(400);
        assertThat(get(ALPHA, deliveries + "?status=lost").statusCode()).isEqualTo(400);
        assertThat(json(get(ALPHA, deliveries)).get("data")).isEmpty();
    }
}
