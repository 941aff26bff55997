package dev.anneal.service.training.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** #17: slots, not running trainings, divide the queue. */
class TrainingQueueTest {

    @Test
    void aFreeSlotStartsATrainingAtOnceWhateverOthersTook() {
        TrainingQueue idle = new TrainingQueue(1, List.of(), 0, 108.0);
        TrainingQueue half = new TrainingQueue(2, List.of(500.0), 1, 108.0);

        assertThat(idle.secondsUntilStart(1)).hasValue(0);
        assertThat(half.secondsUntilStart(1)).hasValue(0);
    }

    @Test
    void theNextTrainingStartsWhenTheFirstOfThoseThatRunEnds() {
        TrainingQueue busy = new TrainingQueue(2, List.of(70.0, 40.0), 1, 100.0);

        assertThat(busy.secondsUntilStart(1)).hasValue(40);
        assertThat(busy.secondsUntilStart(2)).hasValue(70);
        assertThat(busy.secondsUntilStart(3)).hasValue(140);
        assertThat(busy.secondsUntilStart(4)).hasValue(170);
    }

    @Test
    void whatWaitsBeforeItTakesTheFreeSlotsFirst() {
        TrainingQueue free = new TrainingQueue(3, List.of(30.0), 5, 100.0);

        assertThat(free.secondsUntilStart(2)).hasValue(0);
        assertThat(free.secondsUntilStart(3)).hasValue(30);
        assertThat(free.secondsUntilStart(4)).hasValue(100);
    }

    @Test
    void nothingIsToldWithoutAWorkerOrOfTrainingsThatNobodyKnows() {
        assertThat(new TrainingQueue(0, List.of(), 0, 100.0).secondsUntilStart(1))
                .isEmpty();
        assertThat(new TrainingQueue(1, List.of(), 1, null).secondsUntilStart(2))
                .isEmpty();
        assertThat(new TrainingQueue(1, List.of(), 1, null).secondsUntilStart(1))
                .hasValue(0);
    }

    /** A worker that does not tell its slots yet has at least those that are in use. */
    @Test
    void aTrainingThatRunsHasASlot() {
        assertThat(new TrainingQueue(0, List.of(40.0), 1, 100.0).secondsUntilStart(1))
                .hasValue(40);
    }
}
