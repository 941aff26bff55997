package dev.anneal.service.inference.http;

import dev.anneal.service.ServiceTest;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.springframework.test.context.TestPropertySource;

/** The service with the roles api and inference, one for all tests that generate with the bundled model. */
@TestPropertySource(
        properties = {
            "anneal.roles=api,inference",
            "anneal.home=target/test-${anneal.test.fork:1}/home-inference",
            "anneal.engine.cache-directory=target/engine-cache",
            "anneal.engine.heap=256MB",
            "anneal.engine.precision=fp32",
            // Processes that live for seconds.
            "anneal.engine.jvm-options=-XX:TieredStopAtLevel=1",
            "anneal.inference.max-answers=16"
        })
public abstract class InferenceTest extends ServiceTest {

    /** Eight answers, of which one alone may end by itself at once. */
    HttpResponse<InputStream> longStream() {
        String body =
                "{\"model\": \"anneal-tiny\", \"prompt\": [5, 6, 7], \"n\": 8, \"temperature\": 2, \"max_tokens\": 1000, \"stream\": true}";
        return send(
                request(ALPHA, "/v1/completions")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                HttpResponse.BodyHandlers.ofInputStream());
    }
}
