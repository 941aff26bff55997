package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.anneal.service.HeardLog;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A client that leaves a stream of text is told of in one line of INFO. #17 */
class LeavingChatsIT extends InferenceTest {

    @LocalServerPort
    private int port;

    @RegisterExtension
    final HeardLog log = new HeardLog();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /v1/chat/completions | "messages": [{"role": "user", "content": "Count."}]
            /v1/completions      | "prompt": "one two three"
            """)
    void aClientThatLeavesIsOneLine(String path, String asked) throws Exception {
        String body =
                "{\"model\": \"anneal-tiny\", \"stream\": true, \"n\": 4, \"max_tokens\": 400, \"temperature\": 2, %s}"
                        .formatted(asked);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("POST " + path
                                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer alpha-key-0123456789\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .endsWith(" 200");
            socket.setSoLinger(true, 0);
        }

        await(() -> linesOf(path) > 0);

        assertThat(linesOf(path)).isEqualTo(1);
        assertThat(log.lines())
                .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .noneMatch(event -> event.getThrowableProxy() != null);
    }

    private long linesOf(String path) {
        return log.lines().stream()
                .filter(event -> event.getLevel() == Level.INFO)
                .filter(event -> event.getFormattedMessage()
                        .equals("The client of POST " + path + " left before its answer ended"))
                .count();
    }
}
