package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.anneal.service.HeardLog;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardWrapper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.test.context.TestPropertySource;

/**
 * Clients that leave answers before their end (#17): nothing of them stays, and the log has a line about each at most.
 */
@TestPropertySource(properties = "anneal.event-streams.heartbeat-interval=50ms")
class LeavingClientsIT extends ServiceTest {

    private static final int CLIENTS = 300;

    @LocalServerPort
    private int port;

    @Autowired
    private ServletWebServerApplicationContext context;

    @RegisterExtension
    final HeardLog log = new HeardLog();

    private String job = "";

    @BeforeEach
    void job() {
        job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().steps(1, 24);
    }

    @Test
    void streamsOfEventsEndWithTheirClients() throws Exception {
        for (int n = 0; n < CLIENTS; n++) {
            leave("/v1/fine_tuning/jobs/" + job + "/events?stream=true", n % 3);
        }

        await(() -> requestsOpen() == 0);

        assertAtMostOneLineEach(CLIENTS);
        assertThat(log.lines()).anyMatch(event -> event.getFormattedMessage().contains("events has left"));
    }

    @Test
    void longAnswersEndWithTheirClients() throws Exception {
        TestDatabase.administrator().sql("""
                        INSERT INTO job_step (job_id, step, tenant_id, recorded_at, epoch, learning_rate, beta, trained_tokens, tokens,
                                              shared_tokens, tokens_per_second, seconds)
                        SELECT job_id, more, tenant_id, recorded_at, epoch, learning_rate, beta, trained_tokens, tokens,
                               shared_tokens, tokens_per_second, seconds
                        FROM job_step, generate_series(25, 40000) AS more
                        WHERE step = 24
                        """).update();
        for (int n = 0; n < 20; n++) {
            leave("/v1/fine_tuning/jobs/" + job + "/metrics?format=csv", n % 3);
        }

        await(() -> requestsOpen() == 0);

        assertAtMostOneLineEach(20);
        assertThat(log.lines())
                .anyMatch(event -> event.getFormattedMessage()
                        .equals("The client of GET /v1/fine_tuning/jobs/" + job
                                + "/metrics left before its answer ended"));
    }

    @Test
    void theAuditLogEndsWithItsClients() throws Exception {
        TestDatabase.administrator().sql("""
                        INSERT INTO audit_log (public_id, at, action, outcome, status, method, path, client_ip, request_id)
                        SELECT 'audit_log-' || lpad(n::text, 26, '0'), clock_timestamp(), 'file.created', 'succeeded', 200, 'POST', '/v1/files',
                               '127.0.0.1', 'req_' || n
                        FROM generate_series(1, 40000) AS n
                        """).update();
        for (int n = 0; n < 20; n++) {
            leave("/v1/organization/audit_logs?format=jsonl", "admin", 1 + n % 3);
        }

        await(() -> requestsOpen() == 0);

        assertAtMostOneLineEach(20);
        assertThat(log.lines())
                .anyMatch(event -> event.getFormattedMessage()
                        .equals("The client of GET /v1/organization/audit_logs left before its answer ended"));
    }

    /**
     * No more streams of events are served to a tenant at a time than its half, others get in, and each that ends makes
     * room.
     */
    @Test
    void whoHasLeftTakesNoPlace() throws Exception {
        String streamOfBeta = "/v1/fine_tuning/jobs/" + queuedJob(BETA, file(BETA, 20), "") + "/events?stream=true";
        List<Socket> open = new ArrayList<>();
        try {
            while (open.size() < 50) {
                open.add(ask("/v1/fine_tuning/jobs/" + job + "/events?stream=true"));
                assertThat(statusOf(open.get(open.size() - 1))).isEqualTo(200);
            }
            HttpResponse<String> oneMore = get(ALPHA, "/v1/fine_tuning/jobs/" + job + "/events?stream=true");
            assertThat(oneMore.statusCode()).isEqualTo(429);
            assertThat(json(oneMore).at("/error/code").stringValue()).isEqualTo("queue_full");
            assertThat(oneMore.headers().firstValue("retry-after")).isPresent();
            while (open.size() < 100) {
                open.add(ask(streamOfBeta, BETA));
                assertThat(statusOf(open.get(open.size() - 1))).isEqualTo(200);
            }
        } finally {
            for (Socket socket : open) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        }

        await(() -> requestsOpen() == 0);

        try (Socket again = ask("/v1/fine_tuning/jobs/" + job + "/events?stream=true")) {
            assertThat(statusOf(again)).isEqualTo(200);
            again.setSoLinger(true, 0);
        }
    }

    private void assertAtMostOneLineEach(int clients) {
        List<ILoggingEvent> events = log.lines();
        assertThat(events)
                .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .noneMatch(event -> event.getThrowableProxy() != null);
        assertThat(events.stream().filter(event -> event.getFormattedMessage().contains("left")))
                .hasSizeLessThanOrEqualTo(clients)
                .allMatch(event -> !event.getFormattedMessage().contains("\n"));
    }

    /** Requests that the container has not ended, asynchronous ones as well: what a stop of the service waits for. */
    private long requestsOpen() {
        long open = 0;
        TomcatWebServer server = (TomcatWebServer) Objects.requireNonNull(context.getWebServer());
        for (var child : server.getTomcat().getHost().findChildren()) {
            open += ((StandardContext) child).getInProgressAsyncCount();
            for (var servlet : child.findChildren()) {
                open += ((StandardWrapper) servlet).getCountAllocated();
            }
        }
        return open;
    }

    /** @param bytes of the answer that the client waits for before it breaks the connection */
    private void leave(String path, int bytes) throws IOException {
        leave(path, ALPHA, bytes);
    }

    private void leave(String path, String tenant, int bytes) throws IOException {
        try (Socket socket = ask(path, tenant)) {
            socket.getInputStream().readNBytes(bytes);
            socket.setSoLinger(true, 0);
        }
    }

    private Socket ask(String path) throws IOException {
        return ask(path, ALPHA);
    }

    private Socket ask(String path, String tenant) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write(("GET " + path
                                + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + tenant
                                + "-key-0123456789\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static int statusOf(Socket socket) throws IOException {
        InputStream answer = socket.getInputStream();
        return Integer.parseInt(new String(answer.readNBytes(12), StandardCharsets.US_ASCII).substring(9));
    }
}
