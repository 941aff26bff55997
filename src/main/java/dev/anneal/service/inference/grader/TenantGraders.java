package dev.anneal.service.inference.grader;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.service.inference.TextGenerator;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** Calls endpoints and models of this installation for the graders of a tenant. */
public class TenantGraders implements AttemptGrading, AutoCloseable {

    /** Maximum number of concurrent conversations with judging models for trainings and evaluations. */
    private static final int JUDGING_THREADS = 4;

    /** The same for graders that clients try; separate, so that they do not delay trainings. */
    private static final int TRYING_THREADS = 2;

    /** Long enough to replace a generating process and load its models. */
    private static final ModelJudge.Patience PATIENCE =
            new ModelJudge.Patience(Duration.ofSeconds(1), Duration.ofMinutes(10));

    private final Endpoints endpoints;
    private final TextGenerator generator;
    private final BiFunction<String, Long, Map<String, String>> headers;
    private final SharedThreads judging = new SharedThreads(JUDGING_THREADS, "grader-judge");
    private final SharedThreads trying = new SharedThreads(TRYING_THREADS, "grader-try");

    /**
     * @param headers values of headers by their ids, by tenant and work; throws {@link IllegalStateException} if one
     *     cannot be decrypted
     */
    TenantGraders(Endpoints endpoints, TextGenerator generator, BiFunction<String, Long, Map<String, String>> headers) {
        this.endpoints = endpoints;
        this.generator = generator;
        this.headers = headers;
    }

    /** Graders for a request that tries one. */
    ExternalGraders ofRun(String tenantId) {
        return outside(tenantId, trying);
    }

    private ExternalGraders outside(String tenantId, SharedThreads threads) {
        ModelJudge judge = new ModelJudge(generator, tenantId, threads, PATIENCE);
        return question -> question instanceof GradingQuestion.OfModel ofModel
                ? judge.answer(ofModel)
                : endpoints.score(tenantId, (GradingQuestion.OfEndpoint) question);
    }

    @Override
    public GradingAnswers prepare(String tenantId, long workId) {
        ExternalGraders outside = outside(tenantId, judging);
        Map<String, String> values = values(tenantId, workId);
        return (id, question) -> new GradingReply(
                id,
                outside.ask(
                        question instanceof GradingQuestion.OfEndpoint endpoint
                                ? endpoint.with(opened(endpoint.headers(), values))
                                : question));
    }

    private static Map<String, String> opened(Map<String, String> headers, Map<String, String> values) {
        Map<String, String> opened = new LinkedHashMap<>();
        headers.forEach((name, id) -> {
            String value = values.get(id);
            if (value == null) {
                throw new IllegalStateException("the sealed value of '" + name + "' is not one of its work's");
            }
            opened.put(name, value);
        });
        return opened;
    }

    private Map<String, String> values(String tenantId, long workId) {
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
