package dev.anneal.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Downloads that go on, from stores and proxies that treat ranges in every way that HTTP allows, and from some that do
 * not.
 */
@Timeout(20)
class ExportDownloadTest {

    private static final byte[] CONTENT = "0123456789".repeat(1000).getBytes(StandardCharsets.US_ASCII);
    private static final int PART = 4000;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> told = new ArrayList<>();

    @TempDir
    private Path folder;

    @Test
    void goesOnWithTheRestThatItAskedFor() throws IOException {
        assertWhole(exchange -> answerRest(exchange, "bytes 4000-9999/10000"));

        assertThat(asked).containsExactly("bytes=4000- \"" + hash() + "\"");
    }

    @Test
    void beginsAnewWhereRangesAreIgnored() throws IOException {
        assertWhole(exchange -> LocalServer.answer(exchange, 200, CONTENT));
    }

    @Test
    void beginsAnewWhereAnotherPartArrives() throws IOException {
        assertWhole(exchange -> {
            if (exchange.getRequestHeaders().containsKey("Range")) {
                answerRest(exchange, "bytes 0-5999/10000");
            } else {
                LocalServer.answer(exchange, 200, CONTENT);
            }
        });
        assertThat(asked).hasSize(2);
    }

    @Test
    void beginsAnewWhereTheRangeIsRefused() throws IOException {
        assertWhole(exchange -> {
            if (exchange.getRequestHeaders().containsKey("Range")) {
                LocalServer.answer(
                        exchange,
                        416,
                        "{\"error\": {\"message\": \"no\", \"code\": \"range\"}}".getBytes(StandardCharsets.UTF_8));
            } else {
                LocalServer.answer(exchange, 200, CONTENT);
            }
        });
    }

    @Test
    void goesOnAfterConnectionsThatBreakAndAStoreThatIsAway() throws IOException {
        assertWhole(exchange -> {
            switch (asked.size()) {
                case 1 -> LocalServer.answer(exchange, 503, "busy".getBytes(StandardCharsets.UTF_8));
                case 2 -> {
                    exchange.getResponseHeaders().set("Content-Range", "bytes 4000-9999/10000");
                    exchange.sendResponseHeaders(206, CONTENT.length - PART);
                    exchange.getResponseBody().write(CONTENT, PART, 1000);
                    exchange.close();
                }
                default -> {
                    int from = Integer.parseInt(
                            exchange.getRequestHeaders().getFirst("Range").replaceAll("\\D", ""));
                    exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-9999/10000");
                    exchange.sendResponseHeaders(206, CONTENT.length - from);
                    exchange.getResponseBody().write(CONTENT, from, CONTENT.length - from);
                    exchange.close();
                }
            }
        });
        assertThat(asked).hasSize(3);
        assertThat(told).hasSize(2).last().asString().startsWith("The service answers again");
    }

    /** Downloads into a folder that has the first part. */
    private void assertWhole(HttpHandler handler) throws IOException {
        Files.write(folder.resolve("model.part"), java.util.Arrays.copyOf(CONTENT, PART));
        try (LocalServer server = new LocalServer(exchange -> {
            asked.add(exchange.getRequestHeaders().getFirst("Range") + " "
                    + exchange.getRequestHeaders().getFirst("If-Range"));
            handler.handle(exchange);
        })) {
            AnnealApi api = new AnnealApi(server.uri(), null, Duration.ofSeconds(5));
            Path file = new ExportDownload(api, folder, new Patience(told::add, Duration.ofMillis(20)))
                    .file(manifest(), received -> {});

            assertThat(file).hasBinaryContent(CONTENT);
        }
    }

    private static void answerRest(HttpExchange exchange, String range) throws IOException {
        exchange.getResponseHeaders().set("Content-Range", range);
        LocalServer.answer(exchange, 206, java.util.Arrays.copyOfRange(CONTENT, PART, CONTENT.length));
    }

    private JsonNode manifest() throws IOException {
        return JsonMapper.shared()
                .createObjectNode()
                .put("name", "model")
                .put("bytes", CONTENT.length)
                .put("sha256", hash())
                .put("url", "/v1/model");
    }

    private String hash() throws IOException {
        return ExportDownload.sha256(Files.write(folder.resolve("whole"), CONTENT));
    }
}
