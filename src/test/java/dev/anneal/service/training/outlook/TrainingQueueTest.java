package dev.anneal.service.training.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** #17: slots, not running trainings, divide the queue. */
class TrainingQueueTest {

    @Test
    void aFreeSlotStartsATrainingAtOnceWhateverOthersTook() {
        TrainingQueue idle = new TrainingQueue(1, List.of(), 0, 108.0, 1);
        TrainingQueue half = new TrainingQueue(2, List.of(500.0), 1, 108.0, 1);

        assertThat(idle.secondsUntilStart(1, 1)).hasValue(0);
        assertThat(half.secondsUntilStart(1, 1)).hasValue(0);
    }

    @Test
    void theNextTrainingStartsWhenTheFirstOfThoseThatRunEnds() {
        TrainingQueue busy = new TrainingQueue(2, List.of(70.0, 40.0), 1, 100.0, 1);

        assertThat(busy.secondsUntilStart(1, 1)).hasValue(40);
        assertThat(busy.secondsUntilStart(2, 1)).hasValue(70);
        assertThat(busy.secondsUntilStart(3, 1)).hasValue(140);
        assertThat(busy.secondsUntilStart(4, 1)).hasValue(170);
    }

    @Test
    void whatWaitsBeforeItTakesTheFreeSlotsFirst() {
        TrainingQueue free = new TrainingQueue(3, List.of(30.0), 5, 100.0, 1);

        assertThat(free.secondsUntilStart(2, 1)).hasValue(0);
        assertThat(free.secondsUntilStart(3, 1)).hasValue(30);
        assertThat(free.secondsUntilStart(4, 1)).hasValue(100);
    }

    @Test
    void nothingIsToldWithoutAWorkerOrOfTrainingsThatNobodyKnows() {
        assertThat(new TrainingQueue(0, List.of(), 0, 100.0, 1).secondsUntilStart(1, 1))
                .isEmpty();
        assertThat(new TrainingQueue(1, List.of(), 1, null, 1).secondsUntilStart(2, 1))
                .isEmpty();
        assertThat(new TrainingQueue(1, List.of(), 1, null, 1).secondsUntilStart(1, 1))
                .hasValue(0);
    }

    /** A worker that does not tell its slots yet has at least those that are in use. */
    @Test
    void aTrainingThatRunsHasASlot() {
        assertThat(new TrainingQueue(0, List.of(40.0), 1, 100.0, 1).secondsUntilStart(1, 1))
                .hasValue(40);
    }

    /** Three of four devices train a job on two and one on one. */
    @Test
    void aTrainingOnSeveralDevicesStartsWhenAsManyAreFree() {
        TrainingQueue busy = new TrainingQueue(4, List.of(60.0, 60.0, 20.0), 0, 100.0, 1);

        assertThat(busy.secondsUntilStart(1, 1)).hasValue(0);
        assertThat(busy.secondsUntilStart(1, 2)).hasValue(20);
        assertThat(busy.secondsUntilStart(1, 3)).hasValue(60);
        assertThat(busy.secondsUntilStart(2, 4)).hasValue(100);
    }

    @Test
    void thoseThatWaitBeforeItTakeAsManyDevicesAsTheyHave() {
        TrainingQueue busy = new TrainingQueue(2, List.of(30.0, 30.0), 2, 100.0, 2);

        assertThat(busy.secondsUntilStart(2, 1)).hasValue(130);
        assertThat(busy.secondsUntilStart(3, 2)).hasValue(230);
    }

    @Test
    void nothingIsToldOfATrainingOnMoreDevicesThanRunningWorkersHave() {
        assertThat(new TrainingQueue(2, List.of(), 0, 100.0, 1).secondsUntilStart(1, 3))
                .isEmpty();
    }
}
