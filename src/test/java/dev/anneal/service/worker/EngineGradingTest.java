package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import dev.anneal.service.inference.grader.GradingAnswers;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a training's process asks does not pile up. */
@Timeout(60)
class EngineGradingTest {

    private static Progress.Asked asked(long number) {
        return new Progress.Asked(
                number,
                new GradingQuestion.OfModel(
                        "anneal-tiny",
                        List.of(List.of(new GradingQuestion.Message("user", "Rate."))),
                        0,
                        1,
                        null,
                        null));
    }

    @Test
    void anotherQuestionGivesUpTheOneBeforeAndClosingTheLast() throws Exception {
        BlockingQueue<Long> begun = new LinkedBlockingQueue<>();
        BlockingQueue<Long> givenUp = new LinkedBlockingQueue<>();
        GradingAnswers slow = (id, question) -> {
            begun.add(id);
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                givenUp.add(id);
                Thread.currentThread().interrupt();
            }
            return new GradingReply(id, List.of());
        };
        try (EngineGrading grading = new EngineGrading(slow)) {
            grading.take(asked(1));
            assertThat(begun.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
            grading.take(asked(2));
            assertThat(givenUp.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(begun.poll(30, TimeUnit.SECONDS)).isEqualTo(2);
        }
        assertThat(givenUp.poll(30, TimeUnit.SECONDS)).isEqualTo(2);
    }
}
