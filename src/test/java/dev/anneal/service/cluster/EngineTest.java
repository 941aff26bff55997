package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** A test with the bundled model and the real engine, as a client of the HTTP API. */
@TestPropertySource(
        properties = {
            "anneal.roles=api,worker,inference",
            "anneal.home=target/test-${anneal.test.fork:1}/home-whole-path",
            "anneal.engine.cache-directory=target/engine-cache",
            "anneal.engine.heap=256MB",
            "anneal.engine.precision=fp32",
            // Processes that live for seconds.
            "anneal.engine.jvm-options=-XX:TieredStopAtLevel=1",
            "anneal.worker.poll-interval=200ms",
            "anneal.worker.publish-interval=200ms"
        })
abstract class EngineTest extends ServiceTest {

    private static final Duration PATIENCE = Duration.ofMinutes(15);

    /** @param subject a key of the request with the model or export */
    JsonNode evaluation(String subject, String testFile) {
        return endedEvaluation(
                "{%s, 'test_file': '%s', 'max_new_tokens': 24, 'samples': 10}".formatted(subject, testFile));
    }

    JsonNode endedEvaluation(String body) {
        JsonNode evaluation = ended("/v1/fine_tuning/evaluations/" + id("/v1/fine_tuning/evaluations", body));
        assertThat(evaluation.path("status").asString())
                .as(evaluation.toString())
                .isEqualTo("succeeded");
        return evaluation;
    }

    String id(String path, String body) {
        HttpResponse<String> created = post(ALPHA, path, body);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(202);
        return json(created).path("id").asString();
    }

    JsonNode ended(String path) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode object = json(get(ALPHA, path));
        while (!List.of("succeeded", "failed", "cancelled")
                .contains(object.path("status").asString())) {
            assertThat(System.nanoTime())
                    .as("not ended within " + PATIENCE + ": " + object)
                    .isLessThan(deadline);
            Waiting.pause();
            object = json(get(ALPHA, path));
        }
        return object;
    }
}
