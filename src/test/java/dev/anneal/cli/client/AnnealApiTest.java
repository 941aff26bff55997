package dev.anneal.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls over connections on which nothing moves any more, or slowly. */
@Timeout(20)
class AnnealApiTest {

    private static final Duration LIMIT = Duration.ofMillis(400);

    private final CountDownLatch never = new CountDownLatch(1);
    private final List<LocalServer> servers = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        never.countDown();
        servers.forEach(LocalServer::close);
    }

    @Test
    void aServiceThatTakesARequestAndNeverAnswersIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0)) {
            AnnealApi api = api(URI.create("http://127.0.0.1:" + silent.getLocalPort()));

            assertSilent(() -> api.get("/v1/models"));
            assertSilent(() -> api.post("/v1/fine_tuning/jobs", null));
            assertSilent(() -> api.events("/v1/events", null, data -> true));
            assertSilent(() -> api.upload(Files.writeString(folder.resolve("a.jsonl"), "{}"), "fine-tune", sent -> {}));
        }
    }

    @Test
    void anAnswerThatStopsInItsMiddleIsGivenUp() {
        AnnealApi api = api(exchange -> {
            begin(exchange, "{\"data\": [");
            awaitQuietly();
        });

        assertSilent(() -> api.get("/v1/models"));
        assertSilent(
                () -> api.content("/v1/files/file-1/content", 0, "").stream().readAllBytes());
    }

    @Test
    void whatMovesMayTakeLongerThanTheLimit() throws IOException {
        AnnealApi api = api(exchange -> {
            OutputStream out = begin(exchange, "data: first\n\n");
            for (int i = 0; i < 8; i++) {
                pause();
                out.write(": working\n\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
            out.write("data: last\n\n".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        List<String> events = new ArrayList<>();

        api.events("/v1/events", null, events::add);

        assertThat(events).containsExactly("first", "last");
    }

    @Test
    void aReaderThatIsBusyElsewhereIsNotTheServicesSilence() throws IOException {
        AnnealApi api = api(exchange -> LocalServer.answer(exchange, 200, new byte[4 << 20]));
        try (var stream = api.content("/v1/files/file-1/content", 0, "").stream()) {
            assertThat(stream.readNBytes(1000)).hasSize(1000);
            for (int i = 0; i < 8; i++) {
                pause();
            }
            assertThat(stream.readAllBytes()).hasSize((4 << 20) - 1000);
        }
    }

    @Test
    void aRefusedConnectionIsToldAsSuch() throws IOException {
        ServerSocket gone = new ServerSocket(0);
        gone.close();

        assertThatThrownBy(() -> api(URI.create("http://127.0.0.1:" + gone.getLocalPort()))
                        .get("/v1/models"))
                .isInstanceOfSatisfying(
                        ApiException.class, lost -> assertThat(lost.isPassing()).isTrue())
                .hasMessageEndingWith("cannot be reached: connection refused");
    }

    private static void assertSilent(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ApiException.class,
                        lost -> assertThat(lost.isUnreachable()).isTrue())
                .hasMessageContaining("nothing has moved for");
    }

    private AnnealApi api(HttpHandler handler) {
        LocalServer server = new LocalServer(handler);
        servers.add(server);
        return api(server.uri());
    }

    private static AnnealApi api(URI uri) {
        return new AnnealApi(uri, null, LIMIT);
    }

    private static OutputStream begin(HttpExchange exchange, String text) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        return exchange.getResponseBody();
    }

    /** A tenth of a second is shorter than the limit. */
    private static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }

    private void awaitQuietly() {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
