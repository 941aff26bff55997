package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.RawHttp.Reply;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/**
 * Clients that begin a request and do not go on: each is given up after the container's time, and holds nobody else up.
 */
@TestPropertySource(
        properties = {
            "server.tomcat.connection-timeout=1s",
            "server.tomcat.threads.max=4",
            "anneal.event-streams.max-streams=2",
            "anneal.files.max-size=10000B"
        })
@ExtendWith(OutputCaptureExtension.class)
class SlowClientsIT extends AttackTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    /** Without its body. */
    private static final String KEYLESS =
            "POST /v1/fine_tuning/jobs HTTP/1.1\r\nHost: localhost\r\n" + JSON_TYPE + "Content-Length: 2\r\n\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET",
                "GET /v1/models HTTP/1.1\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
            })
    void aHeadThatDoesNotEndIsGivenUp(String head) {
        long start = System.nanoTime();

        Reply reply = RawHttp.send(port(), head);

        assertThat(reply.status()).isIn(0, 400, 408);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    @Test
    void aBodyThatDoesNotEndIsGivenUp() {
        long start = System.nanoTime();

        Reply reply = RawHttp.send(
                port(),
                request("POST /v1/fine_tuning/jobs", KEY + JSON_TYPE + "Content-Length: 100\r\n", "") + "{\"model\":");

        assertRefused(reply, 408, "request_timeout");
        assertThat(reply.text()).contains("POST /v1/fine_tuning/jobs");
        assertThat(reply.header("Connection")).isEqualTo("close");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    @Test
    void anUploadThatDoesNotEndIsGivenUpAndLeavesNothing(CapturedOutput output) {
        Reply reply = RawHttp.send(
                port(),
                request(
                                "POST /v1/files",
                                KEY + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n",
                                "")
                        + "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nslow");

        assertRefused(reply, 408, "request_timeout");
        assertThat(output).doesNotContain("\tat ");
        assertThat(TestDatabase.administrator()
                        .sql("SELECT count(*) FROM file WHERE content <> 'GONE'")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    /** The rest of a file that is too large is not waited for. */
    @Test
    void aFileThatIsTooLargeIsRefusedBeforeItsEnd(CapturedOutput output) {
        Reply reply = RawHttp.send(
                port(),
                request(
                                "POST /v1/files",
                                KEY + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 12000\r\n",
                                "")
                        + "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"
                        + "x".repeat(10_500));

        assertRefused(reply, 413, "request_too_large");
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    void aPartThatIsTooLargeIsRefusedBeforeItsEnd(CapturedOutput output) throws Exception {
        String upload = JSON.readTree(post(
                                ALPHA,
                                "/v1/uploads",
                                "{\"filename\": \"a\", \"purpose\": \"fine-tune\", \"bytes\": 100, \"mime_type\": \"text/jsonl\"}")
                        .body())
                .get("id")
                .asString();

        Reply reply = RawHttp.send(
                port(),
                request(
                                "POST /v1/uploads/" + upload + "/parts",
                                KEY + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 12000\r\n",
                                "")
                        + "--b\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n"
                        + "x".repeat(10_500));

        assertRefused(reply, 413, "request_too_large");
        assertThat(output).doesNotContain("\tat ");
    }

    /** A client that kept the connection would send the next request to its end. */
    @Test
    void anAnswerBeforeTheBodySaysThatTheConnectionEnds() {
        Reply reply = RawHttp.send(port(), KEYLESS);

        assertRefused(reply, 401, "invalid_api_key");
        assertThat(reply.header("Connection")).isEqualTo("close");
    }

    @Test
    void anAnswerAfterTheBodyKeepsTheConnection() {
        assertThat(RawHttp.send(port(), (KEYLESS + "{}").repeat(2)).answers()).isEqualTo(2);
    }

    @Test
    void moreOfThemThanThreadsHoldNobodyUp() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
                slow.add(socket);
                socket.getOutputStream()
                        .write((request("POST /v1/fine_tuning/jobs", KEY + JSON_TYPE + "Content-Length: 100\r\n", "")
                                        + "{")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            long start = System.nanoTime();

            assertThat(get(BETA, "/v1/models").statusCode()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /** The first, with a key, are read; the others are answered before their bodies have arrived. */
    @ParameterizedTest
    @ValueSource(strings = {KEY, ""})
    void aByteNowAndThenHoldsNobodyElseUp(String key) throws Exception {
        try (Dribble slow = new Dribble(port())) {
            for (int client = 0; client < 20; client++) {
                slow.begin(request("POST /v1/fine_tuning/jobs", key + JSON_TYPE + "Content-Length: 100000\r\n", "")
                        + "{\"model\": \"");
            }

            HttpResponse<String> answer = send(request(BETA, "/v1/models").timeout(Duration.ofSeconds(8)));

            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    /** The lines between its chunks may be sent a byte at a time as well. */
    @Test
    void aBodyInChunksOfAStrangerHoldsNobodyUp() throws Exception {
        try (Dribble slow = new Dribble(port())) {
            for (int client = 0; client < 20; client++) {
                slow.begin(request("POST /v1/files", JSON_TYPE + "Transfer-Encoding: chunked\r\n", "") + "1;0");
            }

            HttpResponse<String> answer = send(request(BETA, "/v1/models").timeout(Duration.ofSeconds(8)));

            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    /** Connections that send a byte every 200 ms, which the container's time limit for a read allows. */
    private static final class Dribble implements AutoCloseable {

        private final int port;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final Thread pace = new Thread(this::sendSlowly, "dribble");

        Dribble(int port) {
            this.port = port;
            pace.start();
        }

        private void sendSlowly() {
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
                sockets.forEach(Dribble::sendOne);
            }
        }

        void begin(String beginning) throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            sockets.add(socket);
            socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        }

        private static void sendOne(Socket socket) {
            try {
                socket.getOutputStream().write('0');
            } catch (IOException givenUp) {
                return;
            }
        }

        @Override
        public void close() throws IOException {
            pace.interrupt();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
