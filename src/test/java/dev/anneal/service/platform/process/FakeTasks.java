package dev.anneal.service.platform.process;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.cache.SharedCache;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Tasks and launchers for {@link FakeEngine}. */
public final class FakeTasks {

    public static final long SEED = 42;

    private FakeTasks() {}

    /** A launcher of fake engines that behave as {@code environment} says. */
    public static EngineLauncher launcher(Path home, Map<String, String> environment) {
        return new EngineLauncher(
                properties(environment), home, new SharedCache(home.resolve("cache")), FakeEngine.class.getName());
    }

    /** Settings with a small heap and a fast JVM start. */
    public static EngineProperties properties(Map<String, String> environment) {
        return new EngineProperties(
                DataSize.ofMegabytes(64),
                1,
                3,
                "auto",
                null,
                null,
                null,
                new EngineProperties.Malloc(DataSize.ofMegabytes(1), DataSize.ofMegabytes(1), DataSize.ofMegabytes(1)),
                List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"),
                environment);
    }

    /** A training of {@code steps} steps with a checkpoint every second one. */
    public static TrainTask training(int steps, Path attemptDirectory, @Nullable Path resumeFrom) {
        return new TrainTask(
                new Task.BaseModel("anneal-tiny", null, "/nowhere"),
                new Task.Machine("cpu", 1, "auto"),
                Instant.EPOCH,
                "/nowhere/train.jsonl",
                null,
                new AdapterSettings(
                        4, 8, 0, List.of("all-linear"), false, "silu", new AdapterSettings.Schedule("linear", 0, 0.8)),
                new TrainingSettings(
                        new TrainingMethod.Supervised(),
                        1,
                        1,
                        steps,
                        128,
                        false,
                        "auto",
                        new TrainingSettings.Optimizer(1e-3, "linear", 0, 0, 1, 1),
                        2,
                        0,
                        SEED,
                        TrainingSettings.SAME_DEVICES,
                        TrainingSettings.AUTO,
                        TrainingSettings.WHOLE),
                attemptDirectory.toString(),
                null,
                null,
                null,
                resumeFrom == null ? null : resumeFrom.toString(),
                null,
                0,
                null);
    }
}
