package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** From a client's trace to the request's span to the attempts at its job, as a collector gets them. */
@SystemTest
class LinkedTracesIT extends EngineTest {

    private static final String CLIENT_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final SpanReceiver RECEIVER = new SpanReceiver();

    @DynamicPropertySource
    static void collector(DynamicPropertyRegistry registry) {
        registry.add("management.opentelemetry.tracing.export.otlp.endpoint", RECEIVER::endpoint);
        registry.add("management.opentelemetry.tracing.export.schedule-delay", () -> "100ms");
        registry.add("anneal.worker.name", () -> "traced-worker");
    }

    @Test
    void anAttemptIsATraceOfItsOwnThatIsLinkedWithTheRequest() throws IOException {
        String tickets = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 32));

        String job = jobOfTracedClient(tickets);
        assertThat(ended("/v1/fine_tuning/jobs/" + job).path("status").asString())
                .isEqualTo("succeeded");

        Span request = RECEIVER.await(span -> span.getName().equals("http post /v1/fine_tuning/jobs"));
        assertThat(SpanReceiver.hex(request.getTraceId())).isEqualTo(CLIENT_TRACE);
        assertThat(SpanReceiver.hex(request.getParentSpanId())).isEqualTo("00f067aa0ba902b7");
        assertThat(traceparentOf(job))
                .isEqualTo("00-" + CLIENT_TRACE + "-" + SpanReceiver.hex(request.getSpanId()) + "-01");
        Span attempt = RECEIVER.await(span -> span.getName().equals("attempt supervised"));
        assertThat(attempt.getTraceId()).isNotEqualTo(request.getTraceId());
        assertThat(attempt.getParentSpanId().isEmpty()).isTrue();
        assertThat(attempt.getLinksList()).singleElement().satisfies(link -> {
            assertThat(link.getTraceId()).isEqualTo(request.getTraceId());
            assertThat(link.getSpanId()).isEqualTo(request.getSpanId());
        });
        assertThat(SpanReceiver.attributes(attempt))
                .containsAllEntriesOf(Map.of(
                        "anneal.job.id", job,
                        "anneal.attempt", "1",
                        "anneal.model", "anneal-tiny",
                        "anneal.method", "supervised",
                        "anneal.tenant", ALPHA,
                        "anneal.worker", "traced-worker",
                        "anneal.outcome", "succeeded"));
        assertThat(attempt.getEventsList())
                .extracting(Span.Event::getName)
                .containsExactly("process started", "training started", "checkpoint saved", "checkpoint saved");
        assertThat(RECEIVER.names())
                .as("nothing is traced every few seconds")
                .allMatch(name -> name.startsWith("http ") || name.startsWith("attempt "));
    }

    private String jobOfTracedClient(String file) {
        HttpResponse<String> created = send(request(ALPHA, "/v1/fine_tuning/jobs")
                .header("traceparent", "00-" + CLIENT_TRACE + "-00f067aa0ba902b7-01")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\": \"anneal-tiny\", \"training_file\": \"%s\", \"anneal\": {\"max_steps\": 4, \"checkpoint_interval\": 2}}"
                                .formatted(file))));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        return json(created).path("id").asString();
    }

    private static String traceparentOf(String job) {
        return TestDatabase.administrator()
                .sql("SELECT traceparent FROM work WHERE id = :id")
                .param("id", workOf("job", job))
                .query(String.class)
                .single();
    }
}
