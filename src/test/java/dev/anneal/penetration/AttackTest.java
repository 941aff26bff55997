package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.RawHttp.Reply;
import dev.anneal.service.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The service under attack on both of its ports; after each attack it still serves. */
@Penetration
abstract class AttackTest extends ServiceTest {

    /** Header of tenant alpha. */
    static final String KEY = "Authorization: Bearer alpha-key-0123456789\r\n";

    static final String JSON_TYPE = "Content-Type: application/json\r\n";

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    final int port() {
        return port;
    }

    @AfterEach
    void othersAreServed() {
        assertThat(get(BETA, "/v1/models").statusCode()).isEqualTo(200);
    }

    /** @param line method and target */
    final Reply raw(String line, String headers, String body) {
        return RawHttp.send(port, request(line, headers, body));
    }

    final Reply rawToManagement(String line, String headers) {
        return RawHttp.send(managementPort, request(line, headers, ""));
    }

    static String request(String line, String headers, String body) {
        return line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers
                + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n") + "\r\n" + body;
    }

    static void assertRefused(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.isEnvelope()).as(reply.text()).isTrue();
        assertThat(reply.text()).contains("\"code\":\"" + code + "\"");
    }
}
