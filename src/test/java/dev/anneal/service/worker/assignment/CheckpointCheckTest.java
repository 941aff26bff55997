package dev.anneal.service.worker.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.format.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint is gone on from only if its files are those that were written. */
class CheckpointCheckTest {

    @TempDir
    Path folder;

    @BeforeEach
    void writeCheckpoint() throws IOException {
        Path adapter = Files.writeString(folder.resolve("adapter.safetensors"), "weights");
        Files.writeString(
                folder.resolve("state.json"),
                "{\"step\": 4, \"sha256\": {\"adapter.safetensors\": \"%s\"}}".formatted(Sha256.of(adapter)));
    }

    @Test
    void aWholeCheckpointHasNoProblem() {
        assertThat(CheckpointCheck.problemOf(folder)).isEmpty();
    }

    @Test
    void aChangedFileIsNamed() throws IOException {
        Files.writeString(folder.resolve("adapter.safetensors"), "weightz");

        assertThat(CheckpointCheck.problemOf(folder))
                .get()
                .asString()
                .startsWith("adapter.safetensors has the SHA-256");
    }

    @Test
    void aMissingFileIsAProblem() throws IOException {
        Files.delete(folder.resolve("adapter.safetensors"));

        assertThat(CheckpointCheck.problemOf(folder)).get().asString().contains("adapter.safetensors");
    }

    @Test
    void anUnfinishedOrEmptyStateIsAProblem() throws IOException {
        Files.writeString(folder.resolve("state.json"), "{\"step\": 4");
        assertThat(CheckpointCheck.problemOf(folder))
                .contains("state.json holds an end before the JSON is complete at line 1, column 11");

        Files.writeString(folder.resolve("state.json"), "{\"step\": 4}");
        assertThat(CheckpointCheck.problemOf(folder)).isPresent();

        Files.delete(folder.resolve("state.json"));
        assertThat(CheckpointCheck.problemOf(folder)).isPresent();
    }
}
