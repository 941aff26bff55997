package dev.anneal.engine.train.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.train.TrainingFixture;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints are complete or absent, and damage is seen before anything is resumed from it. */
class CheckpointFolderTest {

    @TempDir
    Path attempt;

    private CheckpointWriter writer;

    @BeforeEach
    void create() {
        writer = new CheckpointWriter(attempt);
    }

    @Test
    void stateSurvivesTheFile() throws IOException {
        write(3);

        CheckpointState state = CheckpointFolder.open(writer.folderOf(3)).state();

        assertThat(state).isEqualTo(state(3, state.sha256()));
        assertThat(state.adapterConfig(Projections.SEPARATE))
                .isEqualTo(GoldenRun.of("rslora").config());
        assertThat(Files.readString(writer.folderOf(3).resolve("state.json"))).contains("\"total_steps\":24");
    }

    @Test
    void aFullDiskLeavesEarlierCheckpointsAloneAndNothingElse() throws IOException {
        write(3);
        // The kernel's own answer: every write to this device fails with ENOSPC.
        CheckpointWriter.Part full = new CheckpointWriter.Part(
                CheckpointFolder.ADAPTER, file -> Files.write(Path.of("/dev/full"), new byte[] {1}));

        assertThatThrownBy(() -> writer.write(4, List.of(full), hashes -> state(4, hashes)))
                .isInstanceOfSatisfying(
                        TrainingException.class, e -> assertThat(e.code()).isEqualTo(TrainingException.Code.DISK_FULL))
                .hasMessage("no room for checkpoint-4 in " + attempt + "; earlier checkpoints are intact");

        assertThat(CheckpointFolder.open(writer.folderOf(3)).state().step()).isEqualTo(3);
        try (Stream<Path> left = Files.list(attempt)) {
            assertThat(left).containsExactly(writer.folderOf(3));
        }
    }

    @Test
    void aChangedByteIsSeen() throws IOException {
        write(3);
        Path file = writer.folderOf(3).resolve(CheckpointFolder.OPTIMIZER);
        Files.writeString(file, "optimizeR");

        assertDamaged("optimizer.safetensors has the SHA-256 ");
    }

    /** #17: of older checkpoints of jobs that have ended. */
    @Test
    void withoutTheOptimizersStateItHoldsWhatWasTrainedAndNoTrainingGoesOn() throws IOException {
        write(3);
        Files.delete(writer.folderOf(3).resolve(CheckpointFolder.OPTIMIZER));

        CheckpointFolder checkpoint = CheckpointFolder.open(writer.folderOf(3));

        assertThat(checkpoint.adapterFile()).hasContent("adapter");
        assertThatThrownBy(checkpoint::optimizerFile)
                .isInstanceOfSatisfying(
                        TrainingException.class,
                        e -> assertThat(e.code()).isEqualTo(TrainingException.Code.CHECKPOINT_DAMAGED))
                .hasMessageContaining("has no optimizer.safetensors");
    }

    @Test
    void missingFilesAreSeen() throws IOException {
        write(3);
        Files.delete(writer.folderOf(3).resolve(CheckpointFolder.ADAPTER));
        assertDamaged("has no adapter.safetensors");

        Files.delete(writer.folderOf(3).resolve(CheckpointFolder.STATE));
        assertDamaged("has no state.json");
    }

    @Test
    void aTornStateIsSeen() throws IOException {
        write(3);
        Files.writeString(writer.folderOf(3).resolve(CheckpointFolder.STATE), "{\"step\": 3,");

        assertDamaged("state.json cannot be read");
    }

    private void assertDamaged(String message) {
        assertThatThrownBy(() -> CheckpointFolder.open(writer.folderOf(3)))
                .isInstanceOfSatisfying(
                        TrainingException.class,
                        e -> assertThat(e.code()).isEqualTo(TrainingException.Code.CHECKPOINT_DAMAGED))
                .hasMessageStartingWith(writer.folderOf(3) + ": " + message);
    }

    private void write(int step) throws IOException {
        List<CheckpointWriter.Part> parts = List.of(
                new CheckpointWriter.Part(CheckpointFolder.ADAPTER, file -> Files.writeString(file, "adapter")),
                new CheckpointWriter.Part(CheckpointFolder.OPTIMIZER, file -> Files.writeString(file, "optimizer")));
        writer.write(step, parts, hashes -> state(step, hashes));
    }

    private static CheckpointState state(int step, Map<String, String> hashes) {
        TrainingSettings settings = new TrainingSettings(
                new TrainingMethod.Supervised(),
                1,
                4,
                24,
                512,
                false,
                "auto",
                new TrainingSettings.Optimizer(1e-2, "linear", 4, 0.01, 1, 1),
                0,
                0,
                -7,
                TrainingSettings.SAME_DEVICES,
                TrainingSettings.AUTO,
                TrainingSettings.WHOLE);
        return new CheckpointState(
                step,
                24,
                0.25,
                "fp32",
                new TrainedTokens(100, 200, 50),
                6.5,
                new WidestGap(0.5, 0.75, false),
                TrainingFixture.settingsOf(GoldenRun.of("rslora").config()),
                settings,
                "base",
                null,
                "data",
                hashes);
    }
}
