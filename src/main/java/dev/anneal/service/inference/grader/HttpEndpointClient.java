package dev.anneal.service.inference.grader;

import dev.anneal.engine.grade.Sample;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts completions to endpoints, several at a time, and retries requests without an answer with doubling delays. A
 * completion occupies a thread only while its request is open, so that delays of one endpoint do not affect others.
 */
final class HttpEndpointClient implements Endpoints, AutoCloseable {

    /** Maximum delay between two attempts, whatever an endpoint asks for. */
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(8);

    private static final String STOPPED = "grading was stopped";

    private final EndpointTransport transport;
    private final int retries;
    private final Duration firstDelay;
    private final SharedThreads senders;

    /** @param transport closed with this */
    HttpEndpointClient(EndpointTransport transport, GraderProperties properties, Duration firstDelay) {
        this.transport = transport;
        this.retries = properties.endpointRetries();
        this.firstDelay = firstDelay;
        this.senders = new SharedThreads(properties.endpointConcurrency(), "grader-endpoint");
    }

    @Override
    public List<Answer> score(String tenantId, GradingQuestion.OfEndpoint question) {
        if (Thread.currentThread().isInterrupted()) {
            return question.failed(STOPPED);
        }
        AtomicBoolean stopped = new AtomicBoolean();
        Executor turns = PacedExecutor.of(senders.line(), question.ratePerSecond());
        List<CompletableFuture<Answer>> sent = question.completions().stream()
                .map(completion -> send(new Request(tenantId, question, completion, newId(), turns, stopped), 1))
                .toList();
        try {
            List<Answer> answers = new ArrayList<>();
            for (CompletableFuture<Answer> answer : sent) {
                answers.add(answer.get());
            }
            return answers;
        } catch (InterruptedException e) {
            stopped.set(true);
            Thread.currentThread().interrupt();
            return question.failed(STOPPED);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a completion could not be sent", e.getCause());
        }
    }

    /**
     * A completion that is sent until it has its score.
     *
     * @param tenantId tenant on whose behalf it is sent
     * @param id the same for each attempt
     * @param turns turns of its question
     * @param stopped whether its question was abandoned
     */
    private record Request(
            String tenantId,
            GradingQuestion.OfEndpoint question,
            GradingQuestion.Completion completion,
            String id,
            Executor turns,
            AtomicBoolean stopped) {

        /** In the format of Azure's endpoint graders. */
        byte[] body() {
            Map<String, @Nullable Object> body = new LinkedHashMap<>();
            body.put(
                    "sample",
                    new Sample(completion.item(), completion.outputText(), completion.toolCalls()).namespace());
            body.put("item", completion.item());
            body.put("trace_id", id);
            return JsonMapper.shared().writeValueAsBytes(body);
        }
    }

    private static String newId() {
        return "grade_" + UUID.randomUUID();
    }

    private CompletableFuture<Answer> send(Request request, int tries) {
        return CompletableFuture.supplyAsync(() -> attempt(request), request.turns)
                .thenCompose(attempt -> replyOrRetry(request, attempt, tries));
    }

    private EndpointReply attempt(Request request) {
        return request.stopped.get()
                ? EndpointReply.failed(STOPPED)
                : transport.send(request.tenantId, request.question, request.id, request.body());
    }

    private CompletableFuture<Answer> replyOrRetry(Request request, EndpointReply attempt, int tries) {
        if (!attempt.mayGoBetter()) {
            return CompletableFuture.completedFuture(attempt.answer());
        }
        if (tries > retries) {
            return CompletableFuture.completedFuture(
                    Answer.failed(attempt.answer().failure() + ", in " + tries + " tries"));
        }
        return new CompletableFuture<@Nullable Void>()
                .completeOnTimeout(null, delayMillis(tries, attempt.retryAfter()), TimeUnit.MILLISECONDS)
                .thenCompose(waited -> send(request, tries + 1));
    }

    /**
     * Twice the previous delay, minus up to a quarter at random, so that requests that failed together are not retried
     * together.
     */
    private long delayMillis(int tries, @Nullable Duration asked) {
        long doubled = firstDelay.toMillis() << (tries - 1);
        long jitter = ThreadLocalRandom.current().nextLong(doubled / 4 + 1);
        long wanted = asked == null ? doubled - jitter : asked.toMillis();
        return Math.min(LONGEST_DELAY.toMillis(), wanted);
    }

    @Override
    public void close() {
        senders.close();
    }
}
