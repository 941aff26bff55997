package dev.anneal.service.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.TestFolders;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.context.TestPropertySource;

/** A process that generates and hangs: stopped by SIGSTOP, so that it neither answers nor ends. */
@TestPropertySource(
        properties = {
            "anneal.roles=inference",
            "anneal.home=target/test-${anneal.test.fork:1}/home-hung",
            "anneal.inference.stall-timeout=20s"
        })
@SystemTest
class HungEngineIT extends InferenceTest {

    private static final String COMPLETIONS = "/v1/completions";

    @LocalManagementPort
    private int managementPort;

    @Test
    void aHungProcessIsReplacedAndItsRequestsAreTold() throws Exception {
        assertThat(status("/readyz")).isEqualTo(200);
        HttpResponse<InputStream> stream = longStream();
        try (InputStream events = stream.body()) {
            assertThat(events.read()).isEqualTo('d');
            String stopped = engine();
            assertThat(new ProcessBuilder("kill", "-STOP", stopped).start().waitFor())
                    .isZero();

            awaitValue(() -> status("/readyz"), status -> status == 503);
            HttpResponse<String> health = send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort + "/actuator/health")),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(new String(events.readAllBytes(), UTF_8))
                    .contains("data: {\"error\":", "service_unavailable", "the next request starts another one")
                    .doesNotContain("[DONE]");
            awaitValue(() -> ProcessHandle.of(Long.parseLong(stopped)), Optional::isEmpty);
        }

        assertThat(status("/readyz")).isEqualTo(200);
        HttpResponse<String> next =
                post(ALPHA, COMPLETIONS, "{'model': 'anneal-tiny', 'prompt': [5, 6, 7], 'max_tokens': 1}");
        assertThat(json(next).at("/usage/completion_tokens").asInt()).isEqualTo(1);
    }

    private int status(String path) {
        return send(request(ALPHA, path), HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    /** The process's id, which stands in its work folder. */
    private static String engine() throws IOException {
        try (Stream<Path> files = Files.walk(TestFolders.of("home-hung/engines"))) {
            Path record =
                    files.filter(file -> file.endsWith("process")).findFirst().orElseThrow();
            return Files.readString(record).split(" ", 2)[0];
        }
    }
}
