package dev.anneal.service.inference.grader;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.service.inference.TextGenerator;
import dev.anneal.service.queue.secret.OpenedValues;
import java.time.Duration;
import java.util.function.BiFunction;

/** Asks endpoints over HTTP and models of this installation for the graders of a tenant. */
public class TenantGraders implements AttemptGrading, AutoCloseable {

    /** Conversations with judging models that this process has open at a time for trainings and evaluations. */
    private static final int JUDGING_THREADS = 4;

    /** Beside these, those for graders that clients try, which thus keep no training waiting. */
    private static final int TRYING_THREADS = 2;

    /** Long enough for a process that generates to be replaced and to load its models. */
    private static final ModelJudge.Patience PATIENCE =
            new ModelJudge.Patience(Duration.ofSeconds(1), Duration.ofMinutes(10));

    private final Endpoints endpoints;
    private final TextGenerator generator;
    private final BiFunction<String, Long, OpenedValues> headers;
    private final SharedThreads judging = new SharedThreads(JUDGING_THREADS, "grader-judge");
    private final SharedThreads trying = new SharedThreads(TRYING_THREADS, "grader-try");

    /** @param headers the values to send to endpoints, by tenant and work; throws {@link IllegalStateException} if one does not open */
    TenantGraders(Endpoints endpoints, TextGenerator generator, BiFunction<String, Long, OpenedValues> headers) {
        this.endpoints = endpoints;
        this.generator = generator;
        this.headers = headers;
    }

    /** For a grader that a client tries. */
    ExternalGraders ofRun(String tenantId) {
        return outside(tenantId, trying);
    }

    private ExternalGraders outside(String tenantId, SharedThreads threads) {
        ModelJudge judge = new ModelJudge(generator, tenantId, threads, PATIENCE);
        return question -> question instanceof GradingQuestion.OfModel ofModel
                ? judge.answer(ofModel)
                : endpoints.score((GradingQuestion.OfEndpoint) question);
    }

    @Override
    public GradingAnswers prepare(String tenantId, long workId) {
        ExternalGraders outside = outside(tenantId, judging);
        OpenedValues opened = opened(tenantId, workId);
        return (id, question) -> new GradingReply(
                id,
                outside.ask(
                        question instanceof GradingQuestion.OfEndpoint endpoint
                                ? endpoint.with(opened.in(endpoint.headers()))
                                : question));
    }

    private OpenedValues opened(String tenantId, long workId) {
        try {
            return headers.apply(tenantId, workId);
        } catch (IllegalStateException e) {
            throw new SealedHeadersException(e);
        }
    }

    @Override
    public void close() {
        judging.close();
        trying.close();
    }
}
