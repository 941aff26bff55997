package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A client whose training does not fit reads which settings decide over memory, and their values. */
class MemoryRemedyTest {

    private static final TrainTask ADAPTER =
            Tasks.train(Path.of("attempt"), null, new Task.Machine("cuda:1", 0, "auto"));

    @Test
    void lengthBatchAndRankAreNamedWithTheirValues() {
        assertThat(MemoryRemedy.of(ADAPTER, 200))
                .isEqualTo(
                        "cuda:1 does not have enough memory for this training of anneal-tiny:"
                                + " lower anneal.max_length (the longest row has 200 tokens),"
                                + " or lower batch_size (it is 16), or set anneal.base_precision to 'nf4', or lower afa_lora.rank (it is 8)");
    }

    @Test
    void completionsAreNotPartOfAPrompt() {
        TrainTask task = Tasks.reinforce(Path.of("attempt"), null, new Task.Machine("cuda:1", 0, "auto"));

        assertThat(MemoryRemedy.of(task, 58))
                .contains("lower anneal.rollouts.max_completion_tokens (it is 8)", "the longest row has 50 tokens");
    }

    @Test
    void trainingsOfAllWeightsHaveNoRank() {
        TrainTask full = new TrainTask(
                ADAPTER.model(),
                ADAPTER.machine(),
                ADAPTER.templateTime(),
                ADAPTER.trainingFile(),
                null,
                null,
                ADAPTER.settings(),
                ADAPTER.attemptDirectory(),
                null,
                null,
                null,
                null,
                null,
                0,
                null);

        assertThat(MemoryRemedy.of(full, 200))
                .contains("train an adapter instead")
                .doesNotContain("rank", "nf4");
    }
}
