package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.RawHttp.Reply;
import dev.anneal.service.access.web.ApiTestBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.context.TestPropertySource;

/**
 * An installation without keys serves this machine alone, and believes no header about where a request comes from or
 * goes to: also not on Kubernetes, where the framework would believe proxies.
 */
@Penetration
@TestPropertySource(properties = "spring.main.cloud-platform=kubernetes")
class KeylessIT extends ApiTestBase {

    @LocalManagementPort
    private int managementPort;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "localhost.",
                "localhost-evil",
                "xlocalhost",
                "127.0.0.1.nip.io",
                "127.1",
                "2130706433",
                "0.0.0.0",
                "[::ffff:127.0.0.1]",
                "169.254.169.254",
                "evil.example:80"
            })
    void otherHostsAreRefusedWhateverIsForwarded(String host) {
        for (String path : new String[] {"/actuator/health", "/actuator/prometheus", "/actuator/sbom", "/nothing"}) {
            assertThat(ofManagement(path, host)).as(path).isEqualTo(403);
        }
        for (String header : new String[] {
            "",
            "X-Forwarded-Host: localhost\r\n",
            "X-Forwarded-Host: localhost\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\n",
            "Forwarded: for=127.0.0.1;host=localhost;proto=http\r\n",
            "X-Host: localhost\r\n",
            "X-Original-Host: localhost\r\n",
            "Origin: http://localhost\r\n"
        }) {
            Reply reply = RawHttp.send(
                    uri("/").getPort(),
                    "GET /v1/files HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + header + "\r\n");

            assertThat(reply.status()).as(header + reply.text()).isEqualTo(403);
            assertThat(reply.text()).contains("\"code\":\"forbidden_host\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                "http://localhost.evil.example",
                "http://localhost@evil.example",
                "http://evil.example:80@localhost.evil.example",
                "http://evil.example/localhost",
                "http://evil.example#localhost",
                "http://evil.example?://localhost",
                "localhost",
                "file://",
                "chrome-extension://abcdef",
                "http://127.0.0.1.nip.io",
                "http://localhost\\.evil.example",
                "http://localhost:80:evil.example"
            })
    void pagesOfOtherOriginsAreRefused(String origin) {
        Reply reply = RawHttp.send(
                uri("/").getPort(),
                "POST /v1/fine_tuning/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: " + origin
                        + "\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");

        assertThat(reply.status()).as(reply.text()).isEqualTo(403);
        assertThat(reply.text()).contains("\"code\":\"forbidden_origin\"");
    }

    @Test
    void thisMachineIsServed() {
        Reply reply = RawHttp.send(
                uri("/").getPort(), "GET /v1/files HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(ofManagement("/actuator/prometheus", "localhost")).isEqualTo(200);
        assertThat(ofManagement("/actuator/prometheus", "127.0.0.1:8081")).isEqualTo(200);
    }

    private int ofManagement(String path, String host) {
        return RawHttp.send(
                        managementPort, "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                .status();
    }
}
