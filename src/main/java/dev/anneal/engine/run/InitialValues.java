package dev.anneal.engine.run;

import dev.anneal.engine.network.peft.ImportedAdapter;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** File with the initial values of an adapter, or of all weights of a draft. Closing deletes it if it is temporary. */
record InitialValues(Path file, boolean temporary) implements AutoCloseable {

    /** Null if the task names none or resumes from its own checkpoint. */
    static @Nullable InitialValues of(TrainTask task, BaseModelFiles base) throws IOException {
        TrainTask.@Nullable InitialAdapter initial = task.initialAdapter();
        if (initial == null || task.resumeFrom() != null) {
            return null;
        }
        Path source = Path.of(initial.path());
        return switch (initial.form()) {
            case CHECKPOINT -> new InitialValues(ofCheckpoint(source, task, base), false);
            case PEFT_ARCHIVE -> new InitialValues(ofArchive(source, task, base), true);
        };
    }

    private static Path ofCheckpoint(Path folder, TrainTask task, BaseModelFiles base) throws IOException {
        CheckpointFolder checkpoint = CheckpointFolder.open(folder);
        base.requireTrainedOn(checkpoint.state());
        boolean isAdapter = checkpoint.state().adapter() != null;
        if (isAdapter != (task.adapter() != null)) {
            throw TaskException.badInput(
                    "adapter_invalid",
                    isAdapter
                            ? "the initial draft has an adapter, but all weights are to be trained"
                            : "the initial adapter's training trained all weights, so it has no adapter",
                    null);
        }
        if (!checkpoint.state().isMergeable()) {
            throw TaskException.badInput(
                    "adapter_not_annealed",
                    "the initial adapter has beta %s after step %d so it is not a linear adapter to start from"
                            .formatted(
                                    checkpoint.state().beta(),
                                    checkpoint.state().step()),
                    null);
        }
        return checkpoint.trainedValues();
    }

    private static Path ofArchive(Path archive, TrainTask task, BaseModelFiles base) throws IOException {
        Path attempt = Files.createDirectories(Path.of(task.attemptDirectory()));
        Path values = attempt.resolve(".initial-adapter.safetensors");
        try (ImportedAdapter adapter = ImportedAdapter.open(archive, base.config())) {
            adapter.writeTo(values);
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            Files.deleteIfExists(file);
        }
    }
}
