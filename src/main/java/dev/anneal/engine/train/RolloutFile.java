package dev.anneal.engine.train;

import dev.anneal.engine.format.file.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file of a checkpoint that was saved between two updates on one rollout. */
final class RolloutFile {

    private static final String NAME = "rollout.json";

    private RolloutFile() {}

    static CheckpointWriter.Part part(PolicyBatch batch) {
        return new CheckpointWriter.Part(
                NAME, file -> DurableFiles.write(file, Checkpoint.JSON.writeValueAsBytes(batch)));
    }

    /** Null if the checkpoint was saved when a rollout had had all its updates. */
    static @Nullable PolicyBatch in(Checkpoint checkpoint) throws IOException {
        if (!checkpoint.state().sha256().containsKey(NAME)) {
            return null;
        }
        Path file = checkpoint.folder().resolve(NAME);
        return Checkpoint.JSON.readValue(Files.readAllBytes(file), PolicyBatch.class);
    }
}
