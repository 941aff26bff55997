package dev.anneal.service.grader;

import dev.anneal.engine.grade.EndpointClient;
import dev.anneal.engine.grade.Sample;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Posts completions to endpoints, several at a time, and sends again what got no answer, with twice the wait after each try. */
final class HttpEndpointClient implements EndpointClient, AutoCloseable {

    /** Nothing is waited for longer between two tries, whatever an endpoint asks for. */
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(8);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final EndpointTransport transport;
    private final int retries;
    private final Duration firstDelay;
    private final ExecutorService senders;

    /** @param transport closed with this */
    HttpEndpointClient(EndpointTransport transport, GraderProperties properties, Duration firstDelay) {
        this.transport = transport;
        this.retries = properties.endpointRetries();
        this.firstDelay = firstDelay;
        this.senders = Executors.newFixedThreadPool(properties.endpointConcurrency(), task -> {
            Thread thread = new Thread(task, "grader-endpoint");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public List<Reply> score(Endpoint endpoint, List<Sample> samples) {
        Pace pace = new Pace(endpoint.ratePerSecond());
        List<Future<Reply>> sent = new ArrayList<>();
        for (Sample sample : samples) {
            sent.add(senders.submit(() -> send(endpoint, sample, pace)));
        }
        try {
            List<Reply> replies = new ArrayList<>();
            for (Future<Reply> reply : sent) {
                replies.add(reply.get());
            }
            return replies;
        } catch (InterruptedException e) {
            sent.forEach(reply -> reply.cancel(true));
            Thread.currentThread().interrupt();
            return samples.stream()
                    .map(sample -> Reply.failed("grading was stopped"))
                    .toList();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a completion could not be sent", e.getCause());
        }
    }

    private Reply send(Endpoint endpoint, Sample sample, Pace pace) throws InterruptedException {
        String id = "grade_" + UUID.randomUUID();
        byte[] body = body(sample, id);
        Attempt attempt = Attempt.failed("nothing was sent");
        for (int number = 0; number <= retries; number++) {
            pace.await();
            attempt = transport.send(endpoint, id, body);
            if (!attempt.mayGoBetter()) {
                return attempt.reply();
            }
            if (number < retries) {
                Thread.sleep(delay(number, attempt.retryAfter()).toMillis());
            }
        }
        return Reply.failed(attempt.reply().failure() + ", in " + (retries + 1) + " tries");
    }

    /** As Azure's endpoint graders get it. */
    private static byte[] body(Sample sample, String id) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("sample", sample.namespace());
        body.put("item", sample.item());
        body.put("trace_id", id);
        return JSON.writeValueAsBytes(body);
    }

    /** Twice the last one, less up to a quarter at random so that requests that failed together do not come together. */
    private Duration delay(int retry, @Nullable Duration asked) {
        long doubled = firstDelay.toMillis() << retry;
        long jitter = ThreadLocalRandom.current().nextLong(doubled / 4 + 1);
        long wanted = asked == null ? doubled - jitter : asked.toMillis();
        return Duration.ofMillis(Math.min(LONGEST_DELAY.toMillis(), wanted));
    }

    @Override
    public void close() throws IOException {
        senders.shutdownNow();
        transport.close();
    }
}
