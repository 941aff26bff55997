package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import dev.anneal.service.grader.GradingAnswers;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a training's process asks does not pile up. */
@Timeout(60)
class GradingDeskTest {

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
    void oneQuestionIsAskedAtATimeAndClosingGivesItUp() throws Exception {
        AtomicInteger open = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        GradingAnswers slow = (tenant, id, question) -> {
            open.incrementAndGet();
            begun.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return new GradingReply(id, List.of());
        };
        try (GradingDesk desk = new GradingDesk("acme", slow)) {
            desk.take(asked(1));
            begun.await();
            for (int waiting = 1; waiting <= GradingDesk.MOST_WAITING; waiting++) {
                desk.take(asked(1 + waiting));
            }
            assertThat(open).hasValue(1);
        }
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }
}
