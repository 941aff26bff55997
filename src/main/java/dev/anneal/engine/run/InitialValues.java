package dev.anneal.engine.run;

import dev.anneal.engine.network.peft.ImportedAdapter;
import dev.anneal.engine.train.Checkpoint;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The first values of an adapter as a file that the trainer reads; closing deletes what was made for that alone. */
final class InitialValues implements AutoCloseable {

    private final @Nullable Path file;
    private final boolean temporary;

    private InitialValues(@Nullable Path file, boolean temporary) {
        this.file = file;
        this.temporary = temporary;
    }

    /** None where the task names none, or goes on from a checkpoint of its own. */
    static InitialValues of(TrainTask task, BaseModelFiles base) throws IOException {
        TrainTask.@Nullable InitialAdapter initial = task.initialAdapter();
        if (initial == null || task.resumeFrom() != null) {
            return new InitialValues(null, false);
        }
        Path source = Path.of(initial.path());
        return switch (initial.form()) {
            case CHECKPOINT -> new InitialValues(ofCheckpoint(source, base), false);
            case PEFT_ARCHIVE -> new InitialValues(ofArchive(source, task, base), true);
        };
    }

    private static Path ofCheckpoint(Path folder, BaseModelFiles base) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(folder);
        base.requireTrainedOn(checkpoint.state());
        if (checkpoint.state().adapter() == null) {
            throw TaskException.badInput(
                    "adapter_invalid", "the initial adapter's training has none: it trained all weights", null);
        }
        if (!checkpoint.state().isMergeable()) {
            throw TaskException.badInput(
                    "adapter_not_annealed",
                    "the initial adapter has beta %s after step %d and is no linear adapter to begin with"
                            .formatted(
                                    checkpoint.state().beta(),
                                    checkpoint.state().step()),
                    null);
        }
        return checkpoint.adapterFile();
    }

    private static Path ofArchive(Path archive, TrainTask task, BaseModelFiles base) throws IOException {
        Path attempt = Files.createDirectories(Path.of(task.attemptDirectory()));
        Path values = attempt.resolve(".initial-adapter.safetensors");
        try (ImportedAdapter adapter = ImportedAdapter.open(archive, base.config())) {
            adapter.writeTo(values);
        }
        return values;
    }

    @Nullable
    Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        if (temporary && file != null) {
            Files.deleteIfExists(file);
        }
    }
}
