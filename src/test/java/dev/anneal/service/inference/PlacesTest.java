package dev.anneal.service.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets the places that become free. */
@Timeout(30)
class PlacesTest {

    private final Places places = new Places(2);

    @Test
    void moreThanThereAreAreNotTaken() {
        assertThat(places.take(2, Duration.ZERO)).isTrue();
        assertThat(places.take(1, Duration.ZERO)).isFalse();
        assertThat(places.take(1, Duration.ofMillis(20))).isFalse();
        assertThat(places.taken()).isEqualTo(2);
        places.release(1);
        assertThat(places.take(1, Duration.ZERO)).isTrue();
    }

    @Test
    void whoWaitsComesBeforeWhoeverDoesNot() throws Exception {
        assertThat(places.take(2, Duration.ZERO)).isTrue();
        FutureTask<Boolean> patient = new FutureTask<>(() -> places.take(2, Duration.ofSeconds(20)));
        Thread waiting = new Thread(patient);
        waiting.start();
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        places.release(1);
        assertThat(places.take(1, Duration.ZERO))
                .as("one place is free, and two are waited for")
                .isFalse();
        places.release(1);

        assertThat(patient.get()).isTrue();
        assertThat(places.taken()).isEqualTo(2);
    }
}
