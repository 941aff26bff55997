package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL while completions are sampled, or between two updates on them: the next attempt samples what this one did.
 */
class KilledRolloutIT {

    private static final int STEPS = 12;

    @TempDir
    Path folder;

    @Test
    void reinforcementThatIsKilledEndsWithTheSameBits() throws Exception {
        Path undisturbed = folder.resolve("undisturbed");
        finish(Tasks.reinforce(undisturbed, null, Tasks.onThreads(2)));
        Random random = new Random();
        @Nullable Path saved = null;
        for (int attempt = 0; attempt < 2; attempt++) {
            Path directory = folder.resolve("attempt" + attempt);
            try (EngineChild engine =
                    EngineChild.start(task(directory, saved, 1 + attempt), folder.resolve("work" + attempt))) {
                int step = 3 * attempt + 2;
                engine.await(Progress.Step.class, done -> done.step() >= step);
                LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(200)));
                engine.kill();
                engine.assertEnds(128 + 9);
            }
            saved = newestCheckpoint(directory);
        }
        Path resumed = folder.resolve("resumed");

        finish(task(resumed, saved, 1));

        for (String file : new String[] {"adapter.safetensors", "optimizer.safetensors"}) {
            assertThat(last(resumed).resolve(file))
                    .hasSameBinaryContentAs(last(undisturbed).resolve(file));
        }
    }

    private static TrainTask task(Path directory, @Nullable Path saved, int threads) {
        Task.Machine machine = Tasks.onThreads(threads);
        return Tasks.reinforce(directory, saved, machine);
    }

    private void finish(TrainTask task) throws Exception {
        try (EngineChild engine = EngineChild.start(
                task, folder.resolve("work-" + task.attemptDirectory().hashCode()))) {
            engine.assertEnds(ExitCode.DONE.code());
        }
    }

    private static Path last(Path attempt) {
        return attempt.resolve("checkpoint-" + STEPS);
    }

    private static Path newestCheckpoint(Path attempt) throws IOException {
        try (Stream<Path> folders = Files.list(attempt)) {
            return folders.filter(each -> String.valueOf(each.getFileName()).startsWith("checkpoint-"))
                    .max(Comparator.comparingInt(each ->
                            Integer.parseInt(String.valueOf(each.getFileName()).substring("checkpoint-".length()))))
                    .orElseThrow();
        }
    }
}
