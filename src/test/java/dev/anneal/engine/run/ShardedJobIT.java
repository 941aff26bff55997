package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two engine processes train one job, each with a share of the base model's layers. */
class ShardedJobIT {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void processesThatShareOutTheBaseTrainTheJob() throws Exception {
        try (EngineChild first = start(0);
                EngineChild second = start(1)) {
            first.assertEnds(ExitCode.DONE.code());
            second.assertEnds(ExitCode.DONE.code());

            List<Progress.Step> steps = first.all(Progress.Step.class);
            assertThat(steps).hasSize(Tasks.STEPS);
            assertThat(steps.get(Tasks.STEPS - 1).get(Figure.TRAIN_LOSS))
                    .isLessThan(steps.get(0).get(Figure.TRAIN_LOSS));
            assertThat(Path.of(first.last(Progress.CheckpointSaved.class).directory()))
                    .isDirectoryContaining("glob:**adapter.safetensors");
        }
    }

    private EngineChild start(int rank) throws IOException {
        TrainTask task = Tasks.train(folder.resolve("attempt-" + rank), null);
        TrainTask.Group group = new TrainTask.Group("sharded", "file:" + folder.resolve("store"), "127.0.0.1", rank, 2);
        return EngineChild.start(Tasks.sharded(task, group), folder.resolve("work-" + rank));
    }
}
