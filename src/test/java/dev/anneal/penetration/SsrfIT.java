package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.notification.webhook.Receiver;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/**
 * Addresses that tenants give, and that lead inside: a server on this machine, which stands for the inside, is never
 * asked.
 */
@TestPropertySource(properties = {"anneal.webhooks.max-endpoints=100", "anneal.graders.endpoint-retries=0"})
class SsrfIT extends AttackTest {

    private static Receiver inside;

    @BeforeAll
    static void open() {
        inside = Receiver.answering(200);
    }

    @AfterAll
    static void close() {
        inside.close();
    }

    @Test
    void theInsideAnswersWhoReachesIt() {
        int before = inside.received().size();

        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(URI.create(inside.url())), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(inside.received()).hasSize(before + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:PORT/",
                "http://localhost:PORT/",
                "HTTP://LOCALHOST:PORT/",
                "http://localhost.:PORT/",
                "http://127.1:PORT/",
                "http://127.127.127.127:PORT/",
                "http://2130706433:PORT/",
                "http://017700000001:PORT/",
                "http://0x7f000001:PORT/",
                "http://0x7f.0.0.1:PORT/",
                "http://0177.0.0.1:PORT/",
                "http://127.0.0.1.:PORT/",
                "http://0:PORT/",
                "http://0.0.0.0:PORT/",
                "http://[::1]:PORT/",
                "http://[::]:PORT/",
                "http://[0:0:0:0:0:0:0:1]:PORT/",
                "http://[::ffff:127.0.0.1]:PORT/",
                "http://[::ffff:7f00:1]:PORT/",
                "http://[::127.0.0.1]:PORT/",
                "http://[64:ff9b::7f00:1]:PORT/",
                "http://[2002:7f00:1::]:PORT/",
                "http://[fe80::1%25lo]:PORT/",
                "http://[fc00::1]:PORT/",
                "http://[ff02::1]:PORT/",
                "http://[fd00:ec2::254]/latest/meta-data",
                "http://169.254.169.254/latest/meta-data",
                "http://2852039166/latest/meta-data",
                "http://[::ffff:169.254.169.254]/latest/meta-data",
                "http://100.100.100.200/latest/meta-data",
                "http://10.0.0.1/",
                "http://172.16.0.1/",
                "http://192.168.0.1/",
                "http://255.255.255.255/",
                "http://public.example@127.0.0.1:PORT/",
                "http://public.example:80@127.0.0.1:PORT/",
                "http://public.example\\\\@127.0.0.1:PORT/",
                "http://127.0.0.1:PORT\\\\@public.example/",
                "http://127.0.0.1:PORT#@public.example/",
                "http://127.0.0.1:PORT?@public.example/",
                "http://127.0.0.1\\t:PORT/",
                "http://127.0.0.1\\r\\nHost: x:PORT/",
                "http://127.0.0.1%00.public.example:PORT/",
                "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460:PORT/",
                "http://127\u30020\u30020\u30021:PORT/",
                "http://\u24dbocalhost:PORT/",
                "http:127.0.0.1:PORT/",
                "http:///127.0.0.1:PORT/",
                "//127.0.0.1:PORT/",
                "http:/\\\\127.0.0.1:PORT/",
                "file:///etc/passwd",
                "file://127.0.0.1:PORT/etc/passwd",
                "jar:http://127.0.0.1:PORT/a.jar!/b",
                "gopher://127.0.0.1:PORT/_GET",
                "dict://127.0.0.1:PORT/",
                "ldap://127.0.0.1:PORT/",
                "ftp://127.0.0.1:PORT/",
                "netdoc:///etc/passwd",
                "unix:///var/run/docker.sock",
                "data:text/plain,x"
            })
    void noAddressLeadsInside(String template) {
        String url = template.replace("PORT", inside.url().replaceAll("\\D*127\\.0\\.0\\.1:(\\d+).*", "$1"));
        int before = inside.received().size();

        HttpResponse<String> graded = post(
                ALPHA,
                "/v1/fine_tuning/alpha/graders/run",
                "{'model_sample': 'a', 'grader': {'type': 'endpoint', 'url': '" + url + "'}}");
        HttpResponse<String> created = post(
                ALPHA,
                "/v1/webhook_endpoints",
                "{'name': 'n', 'url': '" + url + "', 'event_types': ['fine_tuning.job.failed']}");

        assertNotGraded(graded);
        assertNotDelivered(created);
        assertThat(inside.received()).hasSize(before);
        assertThat(graded.body() + created.body()).doesNotContain("root:");
    }

    private static void assertNotGraded(HttpResponse<String> graded) {
        if (graded.statusCode() == 400) {
            assertThat(json(graded).at("/error/code").asString())
                    .as(graded.body())
                    .isEqualTo("grader_invalid");
            return;
        }
        assertThat(graded.statusCode()).as(graded.body()).isEqualTo(200);
        JsonNode body = json(graded);
        assertThat(body.at("/anneal/graded").booleanValue()).isFalse();
        assertThat(body.at("/metadata/errors/unresponsive_reward_error").booleanValue())
                .isTrue();
    }

    private void assertNotDelivered(HttpResponse<String> created) {
        if (created.statusCode() == 400) {
            assertThat(json(created).at("/error/code").asString())
                    .as(created.body())
                    .isEqualTo("invalid_value");
            return;
        }
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        HttpResponse<String> tried = post(
                ALPHA,
                "/v1/webhook_endpoints/" + json(created).get("id").stringValue() + "/test",
                "{'event_type': 'fine_tuning.job.failed'}");
        assertThat(tried.statusCode()).as(tried.body()).isEqualTo(422);
        assertThat(json(tried).at("/error/code").stringValue()).isEqualTo("webhook_unreachable");
    }
}
