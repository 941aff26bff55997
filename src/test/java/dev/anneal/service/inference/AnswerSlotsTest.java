package dev.anneal.service.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets the slots that become free. */
@Timeout(30)
class AnswerSlotsTest {

    private final AnswerSlots slots = new AnswerSlots(2);

    @Test
    void moreThanThereAreAreNotTaken() {
        assertThat(slots.take(2, Duration.ZERO)).isTrue();
        assertThat(slots.take(1, Duration.ZERO)).isFalse();
        assertThat(slots.take(1, Duration.ofMillis(20))).isFalse();
        assertThat(slots.taken()).isEqualTo(2);
        slots.release(1);
        assertThat(slots.take(1, Duration.ZERO)).isTrue();
    }

    @Test
    void whoWaitsComesBeforeWhoeverDoesNot() throws Exception {
        assertThat(slots.take(2, Duration.ZERO)).isTrue();
        FutureTask<Boolean> patient = new FutureTask<>(() -> slots.take(2, Duration.ofSeconds(20)));
        Thread waiting = new Thread(patient);
        waiting.start();
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        slots.release(1);
        assertThat(slots.take(1, Duration.ZERO))
                .as("one slot is free, and two are waited for")
                .isFalse();
        slots.release(1);

        assertThat(patient.get()).isTrue();
        assertThat(slots.taken()).isEqualTo(2);
    }
}
