package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.protocol.Command;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.ExportTask;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real engine processes, disturbed in every way that a worker or a kernel disturbs them. */
@SystemTest
class EngineMainIT {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    static Path undisturbed;

    private static Path lastCheckpoint = Path.of("unset");
    private static Map<Integer, Double> losses = Map.of();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @BeforeAll
    static void trainUndisturbed() throws Exception {
        try (EngineChild engine = EngineChild.start(Tasks.train(undisturbed, null), undisturbed.resolve("work"))) {
            engine.assertEnds(ExitCode.DONE.code());
            lastCheckpoint = Path.of(engine.last(Progress.CheckpointSaved.class).directory());
            requireWholeStory(engine);
            losses = losses(engine);
        }
    }

    private static Map<Integer, Double> losses(EngineChild engine) {
        return engine.all(Progress.Step.class).stream()
                .collect(Collectors.toMap(Progress.Step::step, step -> step.get(Figure.TRAIN_LOSS)));
    }

    private static void requireWholeStory(EngineChild engine) {
        assertThat(engine.all(Progress.Started.class)).hasSize(1);
        List<Progress.Step> steps = engine.all(Progress.Step.class);
        assertThat(steps).extracting(Progress.Step::step).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(steps)
                .extracting(step -> step.get(Figure.BETA))
                .startsWith(1.0, 0.875)
                .endsWith(0.0, 0.0);
        assertThat(steps.get(9).get(Figure.TRAIN_LOSS)).isLessThan(steps.get(0).get(Figure.TRAIN_LOSS));
        assertThat(engine.all(Progress.CheckpointSaved.class))
                .extracting(Progress.CheckpointSaved::step)
                .containsExactly(2, 4, 6, 8, 10);
        assertThat(engine.last(Progress.CheckpointSaved.class).beta()).isZero();
    }

    @Test
    void terminatedJobIsSavedAndResumesToTheSameBits() throws Exception {
        Path saved;
        try (EngineChild engine = startTraining("first")) {
            engine.await(Progress.Step.class, step -> step.step() == 3);
            engine.terminate();
            engine.assertEnds(ExitCode.GIVEN_BACK.code());
            saved = lastCheckpointOf(engine);
            assertThat(engine.last(Progress.CheckpointSaved.class).step()).isBetween(3, Tasks.STEPS - 1);
            assertThat(losses).containsAllEntriesOf(losses(engine));
        }
        assertResumesToTheSameBits(saved);
    }

    /** Each attempt has another number of threads; what it was killed in the middle of is up to the machine. */
    @Test
    void jobThatIsKilledAgainAndAgainEndsWithTheSameBits() throws Exception {
        Random random = new Random();
        @Nullable Path saved = null;
        for (int attempt = 0; attempt < 3; attempt++) {
            Path directory = folder.resolve("attempt" + attempt);
            try (EngineChild engine = EngineChild.start(
                    Tasks.train(directory, saved, Tasks.onThreads(1 + attempt)), folder.resolve("work" + attempt))) {
                int step = 3 * attempt + 1 + random.nextInt(3);
                engine.await(Progress.Step.class, done -> done.step() >= step);
                LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(300)));
                engine.kill();
                engine.assertEnds(128 + 9);
            }
            saved = newestCheckpoint(directory).orElse(saved);
        }
        assertResumesToTheSameBits(Objects.requireNonNull(saved));
    }

    /** As a worker finds it after the death of an engine, which may have saved nothing yet. */
    private static Optional<Path> newestCheckpoint(Path attempt) throws IOException {
        if (!Files.exists(attempt)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(attempt)) {
            return folders.filter(folder -> String.valueOf(folder.getFileName()).startsWith("checkpoint-"))
                    .max(Comparator.comparingInt(folder -> Integer.parseInt(
                            String.valueOf(folder.getFileName()).substring("checkpoint-".length()))));
        }
    }

    @Test
    void aDeviceThatIsNotThereEndsTheTaskWithItsName() throws Exception {
        try (EngineChild engine = EngineChild.start(
                Tasks.train(folder.resolve("attempt"), null, new Task.Machine("cuda:99", 0, "auto")),
                folder.resolve("work"))) {
            engine.assertEnds(ExitCode.FAILURE.code());
            assertThat(engine.last(Progress.Failed.class))
                    .returns("device_unavailable", Progress.Failed::code)
                    .extracting(Progress.Failed::message)
                    .asString()
                    .startsWith("device cuda:99 cannot be used: ");
        }
    }

    @Test
    void orphanSavesAndEnds() throws Exception {
        try (EngineChild engine = startTraining("orphan")) {
            engine.await(Progress.Step.class, step -> step.step() == 2);
            long begin = System.nanoTime();
            engine.endInput();
            engine.assertEnds(ExitCode.GIVEN_BACK.code());
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
            assertThat(lastCheckpointOf(engine)).isDirectoryContaining("glob:**state.json");
        }
    }

    @Test
    void commandsSaveAndStop() throws Exception {
        try (EngineChild engine = startTraining("commanded")) {
            engine.await(Progress.Step.class, step -> step.step() == 2);
            engine.send(Command.SAVE);
            // Checkpoints of the interval have even steps; this one is the command's unless it came with one of them.
            engine.await(Progress.CheckpointSaved.class, checkpoint -> checkpoint.step() >= 3);
            engine.send(Command.STOP);
            engine.assertEnds(ExitCode.GIVEN_BACK.code());
            assertThat(engine.last(Progress.CheckpointSaved.class).step())
                    .isEqualTo(engine.last(Progress.Step.class).step());
        }
    }

    @Test
    void lossThatIsNoNumberEndsTheJobWithItsStep() throws Exception {
        try (EngineChild engine = EngineChild.start(Tasks.train(folder, null, 1e30), folder.resolve("work"))) {
            engine.assertEnds(ExitCode.BAD_INPUT.code());
            Progress.Failed failed = engine.last(Progress.Failed.class);
            assertThat(failed.code()).isEqualTo("non_finite_loss");
            assertThat(failed.step()).isEqualTo(engine.last(Progress.Step.class).step() + 1);
            assertThat(failed.message()).contains("lower the learning rate");
        }
    }

    /** An error of a kind that no code here expects: a service file names a class that is not there. */
    @Test
    void brokenInstallationEndsAtOnceWithItsCode() throws Exception {
        Path broken = folder.resolve("broken");
        Path service = broken.resolve("META-INF/services/ai.djl.engine.EngineProvider");
        Files.createDirectories(service.getParent());
        Files.writeString(service, "dev.anneal.Absent");
        try (EngineChild engine = EngineChild.start(Tasks.train(folder, null), folder.resolve("work"), broken)) {
            engine.assertEnds(ExitCode.FAILURE.code());
            assertThat(engine.last(Progress.Failed.class).code()).isEqualTo("internal_error");
            assertThat(engine.last(Progress.Failed.class).message()).contains("dev.anneal.Absent");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"task\":\"dance\"}"})
    void brokenTaskIsBadInput(String task) throws Exception {
        try (EngineChild engine = EngineChild.start(task, folder)) {
            engine.assertEnds(ExitCode.BAD_INPUT.code());
            assertThat(engine.last(Progress.Failed.class).code()).isEqualTo("invalid_task");
        }
    }

    @Test
    void modelOfPickledWeightsIsBadInput() throws Exception {
        Path model = Files.createDirectory(folder.resolve("pickled"));
        for (String name : new String[] {"config.json", "tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(Path.of(Tasks.MODEL.directory()).resolve(name), model.resolve(name));
        }
        Files.write(model.resolve("pytorch_model.bin"), new byte[8]);
        Task task = Tasks.evaluate(new Task.BaseModel("pickled", null, model.toString()), null, rows(1));
        try (EngineChild engine = EngineChild.start(task, folder.resolve("work"))) {
            engine.assertEnds(ExitCode.BAD_INPUT.code());
            assertThat(engine.last(Progress.Failed.class).code()).isEqualTo("base_model_unreadable");
            assertThat(engine.last(Progress.Failed.class).message())
                    .contains("pytorch_model.bin")
                    .doesNotContain(folder.toString());
        }
    }

    /** The export answers the same rows with the same words as the checkpoint it was made of. */
    @Test
    void mergedModelAnswersAsTheCheckpoint() throws Exception {
        Path output = folder.resolve("merged");
        try (EngineChild engine =
                EngineChild.start(Tasks.export("merged", "base", lastCheckpoint, output), folder.resolve("export"))) {
            engine.assertEnds(ExitCode.DONE.code());
            assertThat(engine.last(Progress.Working.class)).as("a sign of life").isNotNull();
            Progress.Exported exported = engine.last(Progress.Exported.class);
            JsonNode proof = JsonMapper.shared().readTree(exported.proof());
            assertThat(proof.path("tensors_changed").asInt()).isEqualTo(42);
            assertThat(proof.path("probe_prompts").asInt()).isEqualTo(16);
            assertThat(exported.files())
                    .extracting(Progress.Exported.File::name)
                    .contains("model.safetensors", "ANNEAL.md");
        }
        Progress.Evaluated byAdapter = evaluate(Tasks.MODEL, "adapter");
        Progress.Evaluated byMerged = evaluateMerged(output);
        assertThat(byAdapter.rows()).isEqualTo(8);
        assertThat(byAdapter.samples())
                .hasSize(2)
                .first()
                .satisfies(sample -> assertThat(sample.answer()).startsWith("{\"team\""));
        assertThat(byMerged).isEqualTo(byAdapter);
    }

    /**
     * SIGKILL once some shards are there; one of them is cut off and one changed before the next attempt, which makes
     * those again.
     */
    @Test
    void killedExportGoesOnFromItsWholeShards() throws Exception {
        Path whole = folder.resolve("undisturbed/ftexp-1-1");
        try (EngineChild undisturbedExport = export(whole)) {
            undisturbedExport.assertEnds(ExitCode.DONE.code());
        }
        Path parent = folder.resolve("killed");
        Map<Path, Object> left;
        try (EngineChild killed = export(parent.resolve("ftexp-1-1"))) {
            LeftShards.await(parent, 4);
            killed.kill();
            killed.assertEnds(137);
            left = LeftShards.in(parent);
        }
        List<Path> damaged = left.keySet().stream().limit(2).toList();
        LeftShards.change(damaged.get(0));
        LeftShards.cutOff(damaged.get(1));

        Path made = parent.resolve("ftexp-1-2");
        try (EngineChild next = export(made)) {
            next.assertEnds(ExitCode.DONE.code());
            assertThat(next.last(Progress.PartsKept.class).kept()).isEqualTo(left.size() - 2);
            assertThat(next.last(Progress.PartsKept.class).total()).isBetween(left.size(), 14);
        }
        LeftShards.assertSameFiles(made, whole);
        assertThat(parent).isDirectoryNotContaining("glob:**incomplete**");
        for (Path path : left.keySet()) {
            boolean same = LeftShards.identity(made.resolve(path.getFileName())).equals(left.get(path));
            assertThat(same).as("%s is the file of the first attempt", path).isEqualTo(!damaged.contains(path));
        }
    }

    private EngineChild export(Path output) throws IOException {
        ExportTask task = Tasks.sharded(Tasks.export("merged", "base", lastCheckpoint, output));
        return EngineChild.start(task, folder.resolve("work-" + output.hashCode()));
    }

    @Test
    void checkpointThatIsNotAnnealedIsNotMerged() throws Exception {
        Path early = undisturbed.resolve("checkpoint-4");
        Path output = folder.resolve("merged");
        try (EngineChild engine =
                EngineChild.start(Tasks.export("merged", "base", early, output), folder.resolve("export"))) {
            engine.assertEnds(ExitCode.BAD_INPUT.code());
            assertThat(engine.last(Progress.Failed.class).code()).isEqualTo("adapter_not_annealed");
        }
        assertThat(output).doesNotExist();
    }

    /** One key of the configuration differs, nothing else. */
    @Test
    void adapterIsNotEvaluatedOnAnotherBaseModel() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        try (Stream<Path> files = Files.list(Path.of(Tasks.MODEL.directory()))) {
            for (Path file : files.toList()) {
                Files.copy(file, other.resolve(String.valueOf(file.getFileName())));
            }
        }
        Path config = other.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"use_cache\": true", "\"use_cache\": false"));
        Task task = Tasks.evaluate(new Task.BaseModel("other", null, other.toString()), lastCheckpoint, rows(1));
        try (EngineChild engine = EngineChild.start(task, folder.resolve("work"))) {
            engine.assertEnds(ExitCode.BAD_INPUT.code());
            assertThat(engine.last(Progress.Failed.class).code()).isEqualTo("base_model_changed");
        }
    }

    private EngineChild startTraining(String name) throws IOException {
        return EngineChild.start(Tasks.train(folder.resolve(name), null), folder.resolve(name + "-work"));
    }

    private void assertResumesToTheSameBits(Path checkpoint) throws Exception {
        Path attempt = folder.resolve("second");
        try (EngineChild engine = EngineChild.start(Tasks.train(attempt, checkpoint), folder.resolve("second-work"))) {
            engine.assertEnds(ExitCode.DONE.code());
            assertThat(losses).as("after %s", checkpoint).containsAllEntriesOf(losses(engine));
            assertThat(lastCheckpointOf(engine).resolve("adapter.safetensors"))
                    .hasSameBinaryContentAs(lastCheckpoint.resolve("adapter.safetensors"));
        }
    }

    private Progress.Evaluated evaluate(Task.BaseModel model, String name) throws Exception {
        return evaluated(EngineChild.start(Tasks.evaluate(model, lastCheckpoint, rows(8)), folder.resolve(name)));
    }

    private Progress.Evaluated evaluateMerged(Path merged) throws Exception {
        return evaluated(EngineChild.start(
                Tasks.evaluate(new Task.BaseModel("merged", null, merged.toString()), null, rows(8)),
                folder.resolve("merged-work")));
    }

    private static Progress.Evaluated evaluated(EngineChild started) throws Exception {
        try (EngineChild engine = started) {
            engine.assertEnds(ExitCode.DONE.code());
            return engine.last(Progress.Evaluated.class);
        }
    }

    private Path rows(int count) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("src/main/resources/demo/tickets.test.jsonl"));
        return Files.write(folder.resolve("rows.jsonl"), lines.subList(0, count));
    }

    private static Path lastCheckpointOf(EngineChild engine) {
        return Path.of(engine.last(Progress.CheckpointSaved.class).directory());
    }
}
