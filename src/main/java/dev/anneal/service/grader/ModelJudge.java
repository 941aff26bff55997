package dev.anneal.service.grader;

import dev.anneal.engine.grade.Judge;
import dev.anneal.protocol.ServeRequest.Decoding;
import dev.anneal.protocol.ServeRequest.Input;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.GenerationRequest;
import dev.anneal.service.inference.TextGenerator;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import tools.jackson.databind.json.JsonMapper;

/** Has models of this installation judge, as many conversations at a time as it has threads for, so that chats find a place beside them. */
final class ModelJudge implements Judge {

    /** How often a conversation is asked that finds all places taken. */
    private static final int TRIES = 30;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TextGenerator generator;
    private final String tenantId;
    private final SharedThreads threads;
    private final Duration patience;

    /**
     * @param tenantId whose tuned models may judge
     * @param patience wait before a conversation is asked again that found all places taken
     */
    ModelJudge(TextGenerator generator, String tenantId, SharedThreads threads, Duration patience) {
        this.generator = generator;
        this.tenantId = tenantId;
        this.threads = threads;
        this.patience = patience;
    }

    @Override
    public List<Answer> answer(String model, List<List<Message>> conversations, Sampling sampling) {
        Executor line = threads.line();
        List<Future<Answer>> asked = new ArrayList<>();
        for (List<Message> conversation : conversations) {
            GenerationRequest request = new GenerationRequest(model, chat(conversation), decoding(sampling));
            FutureTask<Answer> answer = new FutureTask<>(() -> ask(request));
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
            return conversations.stream()
                    .map(conversation -> Answer.failed("grading was stopped"))
                    .toList();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a model could not be asked", e.getCause());
        }
    }

    private Answer ask(GenerationRequest request) throws InterruptedException {
        for (int number = 1; ; number++) {
            try {
                Generation.Whole whole = generator.generate(tenantId, request);
                return Answer.of(whole.choices().get(0).text(), (long) whole.promptTokens() + whole.completionTokens());
            } catch (Refusal e) {
                if (e.code() != RefusalCode.QUEUE_FULL || number == TRIES) {
                    return Answer.failed(e.explanation());
                }
                Thread.sleep(patience.toMillis());
            }
        }
    }

    private static Input chat(List<Message> conversation) {
        return new Input.Chat(JSON.writeValueAsString(Map.of("messages", conversation)));
    }

    /** Without a seed it is 0: the same question has the same answer. */
    private static Decoding decoding(Sampling sampling) {
        Integer seed = sampling.seed();
        return new Decoding(
                1,
                sampling.maxTokens(),
                sampling.temperature(),
                0,
                Math.max(1e-6, sampling.topP()),
                0,
                seed == null ? 0 : seed,
                List.of(),
                List.of(),
                null);
    }
}
