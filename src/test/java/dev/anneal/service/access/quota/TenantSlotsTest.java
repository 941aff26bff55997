package dev.anneal.service.access.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets the slots that become free. */
@Timeout(30)
class TenantSlotsTest {

    private static final String ALPHA = "alpha";
    private static final String BETA = "beta";
    private static final String GAMMA = "gamma";

    private final TenantSlots slots = new TenantSlots(4, 2);

    @Test
    void moreThanThereAreAreNotTaken() {
        assertThat(slots.take(ALPHA, 2, Duration.ZERO)).isTrue();
        assertThat(slots.take(ALPHA, 1, Duration.ZERO)).isFalse();
        assertThat(slots.take(ALPHA, 1, Duration.ofMillis(20))).isFalse();
        assertThat(slots.taken()).isEqualTo(2);
        slots.giveBack(ALPHA, 1);
        assertThat(slots.take(ALPHA, 1, Duration.ZERO)).isTrue();
    }

    @Test
    void aTenantOverItsShareDoesNotKeepOutOthers() throws Exception {
        assertThat(slots.take(ALPHA, 2, Duration.ZERO)).isTrue();
        FutureTask<Boolean> patient = waiting(ALPHA, 2, Duration.ofSeconds(20));

        assertThat(slots.take(BETA, 2, Duration.ZERO)).isTrue();
        slots.giveBack(ALPHA, 2);

        assertThat(patient.get()).isTrue();
        assertThat(slots.taken()).isEqualTo(4);
    }

    @Test
    void whoWaitsForTheSlotsOfAllComesBeforeWhoeverDoesNot() throws Exception {
        assertThat(slots.take(ALPHA, 2, Duration.ZERO)).isTrue();
        assertThat(slots.take(BETA, 2, Duration.ZERO)).isTrue();
        FutureTask<Boolean> patient = waiting(GAMMA, 2, Duration.ofSeconds(20));

        slots.giveBack(ALPHA, 1);
        assertThat(slots.take(ALPHA, 1, Duration.ZERO))
                .as("one slot is free, and two are waited for")
                .isFalse();
        slots.giveBack(BETA, 1);

        assertThat(patient.get()).isTrue();
        assertThat(slots.taken()).isEqualTo(4);
    }

    @Test
    void whoGivesUpWaitingMakesRoomForTheNextInLine() throws Exception {
        assertThat(slots.take(ALPHA, 2, Duration.ZERO)).isTrue();
        assertThat(slots.take(BETA, 1, Duration.ZERO)).isTrue();
        FutureTask<Boolean> impatient = waiting(GAMMA, 2, Duration.ofMillis(300));
        FutureTask<Boolean> next = waiting(BETA, 1, Duration.ofSeconds(20));

        assertThat(impatient.get()).isFalse();
        assertThat(next.get()).isTrue();
    }

    private FutureTask<Boolean> waiting(String tenantId, int answers, Duration patience) {
        FutureTask<Boolean> taking = new FutureTask<>(() -> slots.take(tenantId, answers, patience));
        Thread waiting = new Thread(taking);
        waiting.start();
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return taking;
    }
}
