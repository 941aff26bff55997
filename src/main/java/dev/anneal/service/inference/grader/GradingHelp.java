package dev.anneal.service.inference.grader;

import dev.anneal.engine.grade.EndpointClient;
import dev.anneal.engine.grade.Judge;
import dev.anneal.engine.grade.Outside;
import dev.anneal.engine.grade.Sample;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.service.inference.TextGenerator;
import dev.anneal.service.queue.secret.OpenedValues;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;

/** Asks endpoints over HTTP and models of this installation for the graders of a tenant. */
public class GradingHelp implements AttemptGrading, AutoCloseable {

    /** Conversations with judging models that this process has open at a time for trainings and evaluations. */
    private static final int JUDGING_THREADS = 4;

    /** Beside these, those for graders that clients try, which thus keep no training waiting. */
    private static final int TRYING_THREADS = 2;

    /** Long enough for a process that generates to be replaced and to load its models. */
    private static final ModelJudge.Patience PATIENCE =
            new ModelJudge.Patience(Duration.ofSeconds(1), Duration.ofMinutes(10));

    private final EndpointClient endpoints;
    private final TextGenerator generator;
    private final BiFunction<String, Long, OpenedValues> headers;
    private final SharedThreads judging = new SharedThreads(JUDGING_THREADS, "grader-judge");
    private final SharedThreads trying = new SharedThreads(TRYING_THREADS, "grader-try");

    /** @param headers the values to send to endpoints, by tenant and work; throws {@link IllegalStateException} if one does not open */
    GradingHelp(EndpointClient endpoints, TextGenerator generator, BiFunction<String, Long, OpenedValues> headers) {
        this.endpoints = endpoints;
        this.generator = generator;
        this.headers = headers;
    }

    /** For a grader that a client tries. */
    Outside ofRun(String tenantId) {
        return outside(tenantId, trying);
    }

    private Outside outside(String tenantId, SharedThreads threads) {
        return new Outside(new ModelJudge(generator, tenantId, threads, PATIENCE), endpoints);
    }

    @Override
    public GradingAnswers prepare(String tenantId, long workId) {
        Outside outside = outside(tenantId, judging);
        OpenedValues opened = opened(tenantId, workId);
        return (id, question) -> new GradingReply(
                id,
                question instanceof GradingQuestion.OfModel ofModel
                        ? judged(outside.judge(), ofModel)
                        : scored(opened, outside.endpoints(), (GradingQuestion.OfEndpoint) question));
    }

    private OpenedValues opened(String tenantId, long workId) {
        try {
            return headers.apply(tenantId, workId);
        } catch (IllegalStateException e) {
            throw new SealedHeadersException(e);
        }
    }

    private static List<GradingReply.Answer> judged(Judge judge, GradingQuestion.OfModel question) {
        List<List<Judge.Message>> conversations = question.conversations().stream()
                .map(conversation -> conversation.stream()
                        .map(message -> new Judge.Message(message.role(), message.content()))
                        .toList())
                .toList();
        Judge.Sampling sampling =
                new Judge.Sampling(question.temperature(), question.topP(), question.maxTokens(), question.seed());
        return judge.answer(question.model(), conversations, sampling).stream()
                .map(answer -> new GradingReply.Answer(answer.text(), null, answer.tokens(), answer.failure()))
                .toList();
    }

    private static List<GradingReply.Answer> scored(
            OpenedValues opened, EndpointClient endpoints, GradingQuestion.OfEndpoint question) {
        EndpointClient.Endpoint endpoint = new EndpointClient.Endpoint(
                URI.create(question.url()), opened.in(question.headers()), question.ratePerSecond());
        List<Sample> samples = question.completions().stream()
                .map(completion -> new Sample(completion.item(), completion.outputText(), completion.toolCalls()))
                .toList();
        return endpoints.score(endpoint, samples).stream()
                .map(reply -> new GradingReply.Answer(null, reply.score(), 0, reply.failure()))
                .toList();
    }

    @Override
    public void close() {
        judging.close();
        trying.close();
    }
}
