package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Work that takes long shows that it gets on, and work that hangs says nothing. */
class LivenessEventsTest {

    private static final Progress STARTED = new Progress.Started(0, 1, 1, "fp32");

    private final List<Progress> told = new ArrayList<>();

    @Test
    void aLayerIsToldAfterALongSilence() {
        LivenessEvents signs = new LivenessEvents(told::add, Duration.ZERO);

        signs.tell(STARTED);
        signs.layerDone();

        assertThat(told).containsExactly(STARTED, new Progress.Working());
    }

    @Test
    void layersOfAStepThatIsDoneSoonAreNotTold() {
        LivenessEvents signs = new LivenessEvents(told::add, Duration.ofDays(1));

        signs.layerDone();
        signs.tell(STARTED);
        signs.layerDone();

        assertThat(told).containsExactly(STARTED);
    }
}
