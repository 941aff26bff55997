package dev.anneal.service.inference.grader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.GradingQuestion.Message;
import dev.anneal.protocol.GradingQuestion.OfModel;
import dev.anneal.protocol.GradingReply.Answer;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest.Decoding;
import dev.anneal.protocol.ServeRequest.Input;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.GenerationRequest;
import dev.anneal.service.inference.UnavailableTextGenerator;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a judge asks of the generator. */
class ModelJudgeTest {

    private static final List<Message> ONE = List.of(new Message("user", "x"));

    private final List<GenerationRequest> asked = new ArrayList<>();

    private final SharedThreads threads = new SharedThreads(1, "judge");
    private RefusalCode refusal = RefusalCode.MODEL_NOT_FOUND;
    private int refusals = Integer.MAX_VALUE;

    private final ModelJudge judge = judge(Duration.ofSeconds(20));

    private ModelJudge judge(Duration patience) {
        return new ModelJudge(
                this::generate, "alpha", threads, new ModelJudge.Patience(Duration.ofMillis(1), patience));
    }

    private Generation.Whole generate(String tenant, GenerationRequest request) {
        assertThat(tenant).isEqualTo("alpha");
        asked.add(request);
        if (asked.size() <= refusals) {
            throw new Refusal(refusal, "no engine");
        }
        return new Generation.Whole(
                5, List.of(new Generation.Choice("0.5", List.of(), "stop", new ServeReply.TokenCounts(0, 2, 0, 0))));
    }

    private static OfModel greedy(List<List<Message>> conversations) {
        return new OfModel("m", conversations, 0, 1, null, null);
    }

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void conversationsAreChats() {
        judge.answer(greedy(List.of(List.of(new Message("system", "Be \"fair\""), new Message("user", "Rate")))));
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
        judge.answer(new OfModel("m", List.of(ONE), 0.5, 0.9, 16, 7));
        assertThat(asked.get(0).decoding())
                .isEqualTo(new Decoding(1, 16, 0.5, 0, 0.9, 0, 7, List.of(), List.of(), null));
    }

    @Test
    void refusalsAreAnswersThatFailed() {
        assertThat(judge.answer(greedy(List.of(ONE, ONE))))
                .containsExactly(Answer.failed("no engine"), Answer.failed("no engine"));
    }

    @ParameterizedTest
    @EnumSource(names = {"QUEUE_FULL", "SERVICE_UNAVAILABLE"})
    void whatMayPassIsWaitedFor(RefusalCode passing) {
        refusal = passing;
        refusals = 6;
        assertThat(judge.answer(greedy(List.of(ONE)))).containsExactly(Answer.ofModel("0.5", 7));
        assertThat(asked).hasSize(7);
    }

    /** It takes as long each time. */
    @Test
    void whatTookTooLongIsNotAskedAgain() {
        refusal = RefusalCode.GENERATION_TIMEOUT;
        assertThat(judge.answer(greedy(List.of(ONE)))).containsExactly(Answer.failed("no engine"));
        assertThat(asked).hasSize(1);
    }

    /** Once for the first one, and not again for each of the others. */
    @Test
    void patienceIsThatOfAllConversations() {
        refusal = RefusalCode.SERVICE_UNAVAILABLE;
        Duration patience = Duration.ofMillis(200);
        long start = System.nanoTime();
        assertThat(judge(patience).answer(greedy(Collections.nCopies(20, ONE))))
                .hasSize(20)
                .containsOnly(Answer.failed("no engine"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(patience, patience.multipliedBy(10));
    }

    @Test
    @Timeout(5)
    void whereNothingGeneratesThereIsNoWait() {
        ModelJudge nobody = new ModelJudge(
                new UnavailableTextGenerator(),
                "alpha",
                threads,
                new ModelJudge.Patience(Duration.ofSeconds(10), Duration.ofSeconds(20)));
        assertThat(nobody.answer(greedy(List.of(ONE))).get(0).failure())
                .contains("anneal.roles", "anneal.inference.url");
    }
}
