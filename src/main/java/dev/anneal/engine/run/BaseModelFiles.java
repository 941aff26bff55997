package dev.anneal.engine.run;

import dev.anneal.engine.format.safetensors.ModelFingerprint;
import dev.anneal.engine.format.safetensors.SafetensorsException;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.ModelForm;
import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.engine.train.state.CheckpointState;
import dev.anneal.protocol.ModelTask;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Files of a task's base model. Invalid files are reported as bad input. */
final class BaseModelFiles {

    private static final String UNREADABLE = "base_model_unreadable";

    private final Task.BaseModel model;
    private final Task.Machine machine;
    private final Path directory;

    BaseModelFiles(ModelTask task) {
        this(task.model(), task.machine());
    }

    BaseModelFiles(Task.BaseModel model, Task.Machine machine) {
        this.model = model;
        this.machine = machine;
        this.directory = Path.of(model.directory());
    }

    Path directory() {
        return directory;
    }

    ModelConfig config() throws IOException {
        return guarded(() -> ModelConfig.read(directory.resolve("config.json")));
    }

    /** Loads the model in the precision of {@link Hardware#precision}. */
    DecoderModel load() throws IOException {
        return load(directory);
    }

    /**
     * Loads the model to train an adapter on it, or all its weights.
     *
     * @param adapter whether an adapter is trained
     * @param group of the processes that train together; null if this one trains alone
     * @throws TaskException if all weights of a model in 4 bits, or of one that is shared out, are to be trained
     */
    DecoderModel loadTrained(TrainingSettings settings, boolean adapter, @Nullable ProcessGroup group)
            throws IOException {
        ModelConfig config = config();
        boolean isNf4 = settings.basePrecision().equals(TrainingSettings.NF4) || config.storedInNf4();
        boolean isSharded = group != null && settings.basePlacement().equals(TrainingSettings.SHARDED);
        if (!adapter && (isNf4 || isSharded)) {
            throw TaskException.badInput(
                    "invalid_task",
                    "all weights of %s cannot be trained %s; train an adapter"
                            .formatted(model.id(), isNf4 ? "in 4 bits" : "while they are shared out"),
                    null);
        }
        ModelForm form = new ModelForm(isNf4, isSharded ? group : null);
        boolean isOrdered = settings.reproducible().equals(TrainingSettings.ANY_DEVICES);
        return guarded(() -> DecoderModel.load(
                directory, Hardware.precision(machine, config), machine.device(), isOrdered ? form.byRow() : form));
    }

    /** @param weights folder of the weights: the model's own, or the checkpoint of a training of all weights */
    DecoderModel load(Path weights) throws IOException {
        ModelConfig config = config();
        return guarded(
                () -> DecoderModel.load(directory, weights, Hardware.precision(machine, config), machine.device()));
    }

    /** Hash of configuration and weights. Hashes of unchanged files are cached in the engine's cache folder. */
    String fingerprint() throws IOException {
        @Nullable String cache = System.getenv("ENGINE_CACHE_DIR");
        return guarded(() -> {
            try (WeightDirectory weights = WeightDirectory.open(directory)) {
                return ModelFingerprint.of(weights, cache == null ? null : Path.of(cache, "file-hashes"));
            }
        });
    }

    /**
     * @throws TaskException if the checkpoint's adapter was trained on another model, or on other weights of this model
     */
    void requireTrainedOn(CheckpointState trained) throws IOException {
        String fingerprint = fingerprint();
        if (!trained.baseFingerprint().equals(fingerprint)) {
            throw TaskException.badInput(
                    "base_model_changed",
                    "the adapter was trained on a base model with the fingerprint %s, but %s now has %s"
                            .formatted(trained.baseFingerprint(), model.id(), fingerprint),
                    null);
        }
    }

    private <T> T guarded(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (ModelConfigException | SafetensorsException e) {
            throw TaskException.badInput(UNREADABLE, String.valueOf(e.getMessage()), e);
        } catch (NoSuchFileException e) {
            throw TaskException.badInput(
                    UNREADABLE,
                    "the base model's folder no longer contains "
                            + Path.of(e.getFile()).getFileName() + "; the operator can restore it",
                    e);
        }
    }

    /** Reads part of the model. */
    private interface Reading<T> {
        T read() throws IOException;
    }
}
