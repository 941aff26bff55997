package dev.anneal.service.grader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.grade.Judge.Answer;
import dev.anneal.engine.grade.Judge.Message;
import dev.anneal.engine.grade.Judge.Sampling;
import dev.anneal.protocol.ServeRequest.Decoding;
import dev.anneal.protocol.ServeRequest.Input;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.GenerationRequest;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a judge asks of the generator. */
class ModelJudgeTest {

    private final List<GenerationRequest> asked = new ArrayList<>();

    private final SharedThreads threads = new SharedThreads(1, "judge");
    private RefusalCode refusal = RefusalCode.SERVICE_UNAVAILABLE;

    private final ModelJudge judge = new ModelJudge(
            (tenant, request) -> {
                assertThat(tenant).isEqualTo("alpha");
                asked.add(request);
                if (asked.size() > 2 && refusal == RefusalCode.QUEUE_FULL) {
                    return new Generation.Whole(5, List.of(new Generation.Choice("0.5", List.of(), "stop", 2)));
                }
                throw new Refusal(refusal, "no engine");
            },
            "alpha",
            threads,
            Duration.ofMillis(1));

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void conversationsAreChats() {
        judge.answer(
                "m",
                List.of(List.of(new Message("system", "Be \"fair\""), new Message("user", "Rate"))),
                Sampling.GREEDY);
        assertThat(asked.get(0).model()).isEqualTo("m");
        assertThat(asked.get(0).input())
                .isInstanceOfSatisfying(
                        Input.Chat.class,
                        chat -> assertThat(chat.json())
                                .isEqualTo(
                                        "{\"messages\":[{\"role\":\"system\",\"content\":\"Be \\\"fair\\\"\"},{\"role\":\"user\",\"content\":\"Rate\"}]}"));
        assertThat(asked.get(0).decoding()).isEqualTo(new Decoding(1, null, 0, 0, 1, 0, 0, List.of(), List.of(), null));
    }

    @Test
    void samplingIsThatOfTheGrader() {
        judge.answer("m", List.of(List.of(new Message("user", "x"))), new Sampling(0.5, 0.9, 16, 7));
        assertThat(asked.get(0).decoding())
                .isEqualTo(new Decoding(1, 16, 0.5, 0, 0.9, 0, 7, List.of(), List.of(), null));
    }

    @Test
    void refusalsAreAnswersThatFailed() {
        List<Message> conversation = List.of(new Message("user", "x"));
        assertThat(judge.answer("m", List.of(conversation, conversation), Sampling.GREEDY))
                .containsExactly(Answer.failed("no engine"), Answer.failed("no engine"));
    }

    @Test
    void aFullQueueIsWaitedFor() {
        refusal = RefusalCode.QUEUE_FULL;
        assertThat(judge.answer("m", List.of(List.of(new Message("user", "x"))), Sampling.GREEDY))
                .containsExactly(Answer.of("0.5", 7));
        assertThat(asked).hasSize(3);
    }
}
