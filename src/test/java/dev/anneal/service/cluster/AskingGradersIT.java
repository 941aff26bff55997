package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.SystemTest;
import dev.anneal.service.LocalServer;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.StoredText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Trainings whose graders ask an HTTP endpoint or a model, with the bundled model and real engine processes. */
@SystemTest
@TestPropertySource(
        properties = {
            "anneal.roles=api,worker,inference",
            "anneal.home=target/test-${anneal.test.fork:1}/home-asking-graders",
            "anneal.engine.cache-directory=target/engine-cache",
            "anneal.engine.heap=256MB",
            "anneal.engine.precision=fp32",
            // Processes that live for seconds.
            "anneal.engine.jvm-options=-XX:TieredStopAtLevel=1",
            "anneal.worker.poll-interval=100ms",
            "anneal.worker.publish-interval=100ms",
            "anneal.outbound.allowed-addresses=127.0.0.1",
            "anneal.graders.endpoint-retries=0",
            "anneal.graders.endpoint-timeout=1s",
            "anneal.queue.platform-retries=0"
        })
class AskingGradersIT extends ServiceTest {

    private static final int STEPS = 3;
    private static final String SECRET = "Bearer of-the-grader";
    private static final String JUDGE =
            "{'type': 'score_model', 'name': 'judge', 'model': 'anneal-tiny', 'range': [0, 1000], 'sampling_params': {'max_completions_tokens': 8},"
                    + " 'input': [{'role': 'user', 'content': 'What is {{sample.output_text}} + 25?'}]}";

    private final Queue<JsonNode> received = new ConcurrentLinkedQueue<>();
    private final Queue<String> authorizations = new ConcurrentLinkedQueue<>();
    private final LocalServer endpoint = new LocalServer(this::grade);
    private volatile int status = 200;
    private volatile int silentFrom = Integer.MAX_VALUE;

    @AfterEach
    void stop() {
        endpoint.close();
    }

    /** The longer a completion, the better. */
    private void grade(HttpExchange exchange) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        received.add(body);
        authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
        if (received.size() >= silentFrom) {
            return;
        }
        String score = "{\"score\": %d}"
                .formatted(body.at("/sample/output_text").asString().length());
        LocalServer.answer(exchange, status, score.getBytes(StandardCharsets.UTF_8));
    }

    private String endpointGrader() {
        return "{'type': 'endpoint', 'name': 'there', 'url': 'http://127.0.0.1:%d/grade', 'headers': {'authorization': '%s'}}"
                .formatted(endpoint.port(), SECRET);
    }

    /** Two prompts with two completions each in a step. */
    private JsonNode trained(String grader) {
        String file = file(
                ALPHA,
                FilePurpose.FINE_TUNE,
                "{\"messages\": [{\"role\": \"user\", \"content\": \"What is 17 + 25?\"}], \"answer\": \"42\"}\n"
                        .repeat(10));
        String id = queuedJob(
                ALPHA,
                file,
                ", 'method': {'type': 'reinforcement', 'reinforcement': {'grader': %s, 'hyperparameters': {'batch_size': 2}}}, 'anneal': {'max_steps': %d, 'rollouts': {'group_size': 2, 'max_completion_tokens': 8, 'sample_interval': 1}}"
                        .formatted(grader, STEPS));
        Waiting.until(() -> List.of("succeeded", "failed", "cancelled")
                .contains(job(ALPHA, id).path("status").asString()));
        return job(ALPHA, id);
    }

    private List<Double> rewards(JsonNode job) {
        return json(get(ALPHA, "/v1/fine_tuning/jobs/" + job.path("id").asString() + "/metrics"))
                .findValues("metrics")
                .stream()
                .filter(metrics -> metrics.has("reward"))
                .map(metrics -> metrics.path("reward").asDouble())
                .toList();
    }

    private List<String> events(JsonNode job) {
        return json(get(ALPHA, "/v1/fine_tuning/jobs/" + job.path("id").asString() + "/events?limit=100"))
                .findValuesAsString("message");
    }

    @Test
    void anEndpointAndAModelGiveTheRewardsOfATraining() {
        JsonNode job = trained(
                "{'type': 'multi', 'name': 'both', 'calculate_output': '0 * judge + there', 'graders': [%s, %s]}"
                        .formatted(endpointGrader(), JUDGE));

        assertThat(job.path("status").asString()).as("%s", job).isEqualTo("succeeded");
        assertThat(received).hasSize(STEPS * 4);
        assertThat(authorizations).containsOnly(SECRET);
        assertThat(StoredText.tablesWith(SECRET)).isEmpty();
        assertThat(StoredText.tablesWith("127.0.0.1:" + endpoint.port())).contains("job");
        assertThat(received.element().at("/item/answer").asString()).isEqualTo("42");
        double mean = received.stream()
                .mapToInt(body -> body.at("/sample/output_text").asString().length())
                .average()
                .orElseThrow();
        assertThat(rewards(job)).hasSize(STEPS);
        assertThat(rewards(job).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow())
                .isEqualTo(mean);
    }

    @Test
    void anEndpointThatIsDownFailsTheJobAndSaysWhy() {
        status = 503;

        JsonNode job = trained(endpointGrader());

        assertThat(job.path("status").asString()).isEqualTo("failed");
        assertThat(job.at("/error/code").asString()).isEqualTo("grader_failed");
        assertThat(job.at("/error/message").asString())
                .contains("none of the 4 completions of step 1", "unresponsive_reward_error", "status 503");
        assertThat(job.at("/anneal/failure/origin").asString())
                .as("another attempt may find it up")
                .isEqualTo("system");
    }

    /** Rows are known by their keys, and not by what messages hold, so that this shows in the training. #17 */
    @Test
    void aGraderThatAsksForWhatNoRowHasIsNotTriedAgain() {
        JsonNode job = trained(
                "{'type': 'string_check', 'name': 'lost', 'input': '{{item.messages[0].contents}}', 'reference': 'a', 'operation': 'eq'}");

        assertThat(job.path("status").asString()).isEqualTo("failed");
        assertThat(job.at("/error/code").asString()).isEqualTo("grader_failed");
        assertThat(job.at("/error/message").asString()).contains("invalid_variable_error", "no key 'contents'");
        assertThat(job.at("/anneal/failure/origin").asString())
                .as("the retries of the platform are not for this")
                .isEqualTo("user");
    }

    @Test
    void anEndpointThatIsTooSlowForSomeIsToldOnce() {
        silentFrom = 4 * STEPS;

        JsonNode job = trained(endpointGrader());

        assertThat(job.path("status").asString()).as("%s", job).isEqualTo("succeeded");
        assertThat(events(job))
                .filteredOn(message -> message.contains("unresponsive_reward_error"))
                .singleElement()
                .asString()
                .contains("1 of 4 completions of step 3", "'there'");
    }
}
