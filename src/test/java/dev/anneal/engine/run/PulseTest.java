package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.run.task.StoppedException;
import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Signs of life of tasks without steps. */
class PulseTest {

    private final Signals signals = new Signals();
    private final List<Progress> written = new ArrayList<>();

    @Test
    void theFirstPartIsToldAndTheNextOnesNotBeforeTheirTime() {
        Pulse pulse = new Pulse(signals, written::add, Duration.ofDays(1));

        pulse.run();
        pulse.run();

        assertThat(written).containsExactly(new Progress.Working());
    }

    @Test
    void everyPartIsToldOnceItsTimeHasCome() {
        Pulse pulse = new Pulse(signals, written::add, Duration.ZERO);

        pulse.run();
        pulse.run();

        assertThat(written).hasSize(2);
    }

    @Test
    void aTaskThatIsToStopEnds() {
        Pulse pulse = new Pulse(signals, written::add, Duration.ZERO);
        signals.requestStop();

        assertThatThrownBy(pulse::run).isInstanceOf(StoppedException.class);
        assertThat(written).isEmpty();
    }
}
