package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.anneal.SystemTest;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.training.settings.MemoryEstimate;
import dev.anneal.service.training.settings.ModelProfile;
import dev.anneal.service.training.settings.ModelProfiles;
import dev.anneal.service.training.settings.TrainingMethods;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/**
 * A real engine process takes the memory that a client is told, within the fifth that docs/training-settings.md adds
 * because processors differ. Linux counts a process's largest resident size.
 */
@SystemTest
@EnabledOnOs(OS.LINUX)
class MemoryEstimateIT {

    private static final String NAME = "anneal-tiny";
    private static final Path MODEL =
            Path.of("src/main/resources/models/anneal-tiny").toAbsolutePath();
    private static final String PRECISION = "fp32";
    private static final int LAYERS = 6;
    private static final int VOCABULARY = 1536;
    private static final int THREADS = 2;
    private static final int LONGEST_TOKENS = 256;
    private static final DataSize HEAP = DataSize.ofMegabytes(64);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"1,8,auto", "16,64,auto", "16,0,auto", "16,8,nf4"})
    void aTrainingTakesWhatIsExpected(int rows, int rank, String basePrecision) throws Exception {
        @Nullable AdapterSettings adapter = adapter(rank);

        long peak = peakOf(task(new TrainingMethod.Supervised(), adapter, rows, basePrecision));

        MemoryEstimate estimate = MemoryEstimate.of(
                profile().kept(basePrecision.equals(TrainingSettings.NF4), 1),
                adapter,
                new EngineSetup("cpu", PRECISION, false, THREADS),
                MemoryEstimate.Rows.kept(rows, LONGEST_TOKENS));
        assertThat(peak).isCloseTo(estimate.totalBytes(), withinPercentage(20));
    }

    /** Each step of training-time test keeps its activations. */
    @ParameterizedTest
    @CsvSource({"eagle3,16,0,1", "eagle3,16,0,8", "eagle3,16,16,3", "eagle1,16,0,1"})
    void theTrainingOfAHeadTakesWhatIsExpected(String kind, int rows, int rank, int depths) throws Exception {
        @Nullable AdapterSettings adapter = adapter(rank);
        TrainingMethod.SpeculativeDraft method = new TrainingMethod.SpeculativeDraft(
                NAME,
                kind,
                "kl_div",
                4,
                new TrainingMethod.AcceptanceEvaluation(4, 16),
                null,
                kind.equals("eagle1")
                        ? new TrainingMethod.EagleHead(List.of(LAYERS), VOCABULARY, 1, 1, false, false, false, false)
                        : new TrainingMethod.EagleHead(
                                List.of(0, LAYERS / 2, LAYERS), VOCABULARY / 2, depths, 1, true, true, false, true),
                0);

        long peak = peakOf(task(method, adapter, rows, TrainingSettings.AUTO));

        ModelProfile head = TrainingMethods.of(method).trained(method, profile());
        MemoryEstimate.Rows together =
                new MemoryEstimate.Rows(rows, (long) rows * LONGEST_TOKENS, LONGEST_TOKENS, 0, false, 4);
        EngineSetup engine = new EngineSetup("cpu", PRECISION, false, THREADS);
        MemoryEstimate estimate =
                MemoryEstimate.of(new ModelProfiles(head, profile(), null), adapter, engine, together, 0, 0);
        assertThat(peak).isCloseTo(estimate.totalBytes(), withinPercentage(20));
    }

    private long peakOf(TrainTask task) throws Exception {
        EngineProperties properties = new EngineProperties(
                HEAP,
                THREADS,
                0,
                PRECISION,
                null,
                null,
                null,
                new EngineProperties.Malloc(
                        DataSize.ofGigabytes(4), DataSize.ofGigabytes(8), DataSize.ofMegabytes(256)),
                List.of(),
                Map.of());
        EngineLauncher launcher = new EngineLauncher(
                properties, folder, new SharedCache(folder.resolve("cache")), EngineLauncher.ENGINE_MAIN);
        Path directory = Files.createDirectory(folder.resolve("work"));

        EngineProcess engine = launcher.launch(task, directory, progress -> {});
        long peak = 0;
        while (!engine.exit().isDone()) {
            peak = Math.max(peak, peakBytes(engine.pid()));
            Thread.sleep(20);
        }

        assertThat(engine.exit().join().code()).isZero();
        return peak;
    }

    private static long peakBytes(long pid) throws IOException {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }

    private static ModelProfile profile() throws Exception {
        return ModelProfile.of(NAME, ModelConfig.read(MODEL.resolve("config.json")), 4e-3);
    }

    /** None for rank 0: all weights are trained. */
    private static @Nullable AdapterSettings adapter(int rank) {
        return rank == 0
                ? null
                : new AdapterSettings(
                        rank,
                        rank,
                        0.1,
                        List.of("all-linear"),
                        false,
                        "silu",
                        new AdapterSettings.Schedule("linear", 0, 0.8));
    }

    private TrainTask task(TrainingMethod method, @Nullable AdapterSettings adapter, int rows, String basePrecision)
            throws Exception {
        Task.BaseModel model = new Task.BaseModel(NAME, null, MODEL.toString());
        return new TrainTask(
                model,
                new Task.Machine("cpu", THREADS, PRECISION),
                Instant.EPOCH,
                resource("/demo/tickets.train.jsonl").toString(),
                resource("/demo/tickets.valid.jsonl").toString(),
                adapter,
                new TrainingSettings(
                        method,
                        1,
                        rows,
                        6,
                        LONGEST_TOKENS,
                        false,
                        "auto",
                        new TrainingSettings.Optimizer(1e-3, "linear", 0, 0, 1, 1),
                        3,
                        3,
                        7,
                        TrainingSettings.SAME_DEVICES,
                        basePrecision,
                        TrainingSettings.WHOLE),
                folder.resolve("attempt").toString(),
                null,
                method.verifiedBy() == null ? null : new ServedModel(model, null),
                null,
                null,
                null,
                0,
                null);
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(MemoryEstimateIT.class.getResource(name)).toURI());
    }
}
