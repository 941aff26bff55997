package dev.anneal.service.inference.grader;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingQuestion.Message;
import dev.anneal.protocol.GradingReply.Answer;
import dev.anneal.protocol.ServeRequest.Decoding;
import dev.anneal.protocol.ServeRequest.Input;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.GenerationRequest;
import dev.anneal.service.inference.TextGenerator;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks models of this installation to judge, one conversation per thread at a time, which leaves capacity for chats.
 */
final class ModelJudge {

    /** Number of times that delays double. */
    private static final int DOUBLINGS = 4;

    private final TextGenerator generator;
    private final String tenantId;
    private final SharedThreads threads;
    private final Patience patience;

    /**
     * @param tenantId tenant whose tuned models may judge
     */
    ModelJudge(TextGenerator generator, String tenantId, SharedThreads threads, Patience patience) {
        this.generator = generator;
        this.tenantId = tenantId;
        this.threads = threads;
        this.patience = patience;
    }

    /**
     * Limits of retries while the generator is full, unreachable or restarting.
     *
     * @param firstWait delay before the first retry of a conversation, doubled for each further one up to 16 times
     * @param inAll how long conversations of one question are retried while none of them is answered
     */
    record Patience(Duration firstWait, Duration inAll) {}

    /**
     * @return an answer for each conversation, in order
     */
    List<Answer> answer(GradingQuestion.OfModel question) {
        Executor line = threads.line();
        AtomicLong lastAnswer = new AtomicLong(System.nanoTime());
        List<Future<Answer>> asked = new ArrayList<>();
        for (List<Message> conversation : question.conversations()) {
            GenerationRequest request = new GenerationRequest(question.model(), chat(conversation), decoding(question));
            FutureTask<Answer> answer = new FutureTask<>(() -> ask(request, lastAnswer));
            line.execute(answer);
            asked.add(answer);
        }
        try {
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : asked) {
                answers.add(answer.get());
            }
            return answers;
        } catch (InterruptedException e) {
            asked.forEach(answer -> answer.cancel(true));
            Thread.currentThread().interrupt();
            return question.failed("grading was stopped");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a model could not be asked", e.getCause());
        }
    }

    /**
     * @param lastAnswer time of the last answer to a conversation of the same question
     */
    private Answer ask(GenerationRequest request, AtomicLong lastAnswer) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                Generation.Whole whole = generator.generate(tenantId, request);
                lastAnswer.set(System.nanoTime());
                return Answer.ofModel(
                        whole.choices().get(0).text(),
                        (long) whole.promptTokens() + whole.tokens().completion());
            } catch (Refusal e) {
                long waited = System.nanoTime() - lastAnswer.get();
                if (!mayPass(e.code()) || waited >= patience.inAll().toNanos()) {
                    return Answer.failed(e.explanation());
                }
                Thread.sleep(waitMillis(tries));
            }
        }
    }

    private static boolean mayPass(RefusalCode code) {
        return code == RefusalCode.QUEUE_FULL || code == RefusalCode.SERVICE_UNAVAILABLE;
    }

    /** Minus up to a quarter at random, so that conversations refused together are not retried together. */
    private long waitMillis(int tries) {
        long doubled = patience.firstWait().toMillis() << Math.min(tries - 1, DOUBLINGS);
        return doubled - ThreadLocalRandom.current().nextLong(doubled / 4 + 1);
    }

    private static Input chat(List<Message> conversation) {
        return new Input.Chat(JsonMapper.shared().writeValueAsString(Map.of("messages", conversation)));
    }

    /** The seed is 0 by default, so that equal questions get equal answers. */
    private static Decoding decoding(GradingQuestion.OfModel question) {
        Integer seed = question.seed();
        return new Decoding(
                1,
                question.maxTokens(),
                question.temperature(),
                0,
                Math.max(1e-6, question.topP()),
                0,
                seed == null ? 0 : seed,
                List.of(),
                List.of(),
                null);
    }
}
