package dev.anneal.engine.train.state;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * A checkpoint folder whose files match the hashes in its state. The optimizer's file may have been deleted on purpose:
 * then the checkpoint holds the trained values, but no training can resume from it.
 */
public final class CheckpointFolder {

    /** The adapter's masters, with PEFT's names. */
    public static final String ADAPTER = "adapter.safetensors";

    /** All weights of a model, with the model's own names, if there is no adapter. */
    public static final String WEIGHTS = WeightDirectory.SINGLE_FILE;

    public static final String OPTIMIZER = "optimizer.safetensors";
    static final String STATE = "state.json";
    static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final Path folder;
    private final CheckpointState state;

    private CheckpointFolder(Path folder, CheckpointState state) {
        this.folder = folder;
        this.state = state;
    }

    /**
     * @throws TrainingException with {@code CHECKPOINT_DAMAGED} if a file is missing, unreadable or has other bytes
     *     than written
     */
    public static CheckpointFolder open(Path folder) throws IOException {
        CheckpointFolder checkpoint = openAnswers(folder);
        String trained = trainedFile(checkpoint.state);
        if (!checkpoint.state.sha256().keySet().containsAll(List.of(trained, OPTIMIZER))) {
            throw damaged(folder, STATE + " does not name " + trained + " and " + OPTIMIZER);
        }
        return checkpoint;
    }

    /** Likewise, a folder that has answers of a target but no trained values. */
    public static CheckpointFolder openAnswers(Path folder) throws IOException {
        Path file = folder.resolve(STATE);
        if (!Files.exists(file)) {
            throw damaged(folder, "has no " + STATE);
        }
        CheckpointState state;
        try {
            state = JSON.readValue(Files.readAllBytes(file), CheckpointState.class);
        } catch (JacksonException e) {
            throw new TrainingException(
                    TrainingException.Code.CHECKPOINT_DAMAGED, 0, folder + ": " + STATE + " cannot be read", e);
        }
        for (Map.Entry<String, String> expected : state.sha256().entrySet()) {
            if (!expected.getKey().equals(OPTIMIZER) || Files.exists(folder.resolve(OPTIMIZER))) {
                requireHash(folder, expected.getKey(), expected.getValue());
            }
        }
        return new CheckpointFolder(folder, state);
    }

    private static void requireHash(Path folder, String name, String expected) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            throw damaged(folder, "has no " + name);
        }
        String found = Sha256.of(file);
        if (!found.equals(expected)) {
            throw damaged(folder, "%s has the SHA-256 %s but was written with %s".formatted(name, found, expected));
        }
    }

    private static TrainingException damaged(Path folder, String message) {
        return new TrainingException(TrainingException.Code.CHECKPOINT_DAMAGED, 0, folder + ": " + message);
    }

    public CheckpointState state() {
        return state;
    }

    /** The folder. Without an adapter it holds all weights as {@code model.safetensors}. */
    public Path folder() {
        return folder;
    }

    /** The adapter's safetensors file, if there is one. */
    public Path adapterFile() {
        return folder.resolve(ADAPTER);
    }

    /** The safetensors file with the adapter, or with all weights if there is none. */
    public Path trainedValues() {
        return folder.resolve(trainedFile(state));
    }

    /** Hash of the adapter's file, or of the weights' if there is no adapter. */
    public String trainedSha256() {
        return state.sha256().getOrDefault(trainedFile(state), "");
    }

    private static String trainedFile(CheckpointState state) {
        return state.adapter() == null ? WEIGHTS : ADAPTER;
    }

    /** Content of a JSON file; null if the checkpoint has no such file. */
    public <T> @Nullable T json(String name, Class<T> type) throws IOException {
        return state.sha256().containsKey(name) ? JSON.readValue(Files.readAllBytes(folder.resolve(name)), type) : null;
    }

    /**
     * @throws TrainingException with {@code CHECKPOINT_DAMAGED} if it does not exist
     */
    public Path optimizerFile() {
        Path file = folder.resolve(OPTIMIZER);
        if (!Files.exists(file)) {
            throw damaged(folder, "has no " + OPTIMIZER + ", so no training can resume from it");
        }
        return file;
    }

    /**
     * @throws TrainingException with {@code CHECKPOINT_MISMATCH} if a job with the state {@code own} would not continue
     *     this one
     */
    public void requireContinues(CheckpointState own) {
        require("base model", state.baseFingerprint(), own.baseFingerprint());
        require("target", state.targetFingerprint(), own.targetFingerprint());
        require("training data", state.dataFingerprint(), own.dataFingerprint());
        require("total steps", state.totalSteps(), own.totalSteps());
        require("adapter", state.adapter(), own.adapter());
        require("training settings", state.settings(), own.settings());
    }

    private void require(String what, @Nullable Object then, @Nullable Object now) {
        if (!Objects.equals(then, now)) {
            throw new TrainingException(
                    TrainingException.Code.CHECKPOINT_MISMATCH,
                    state.step(),
                    "%s was made with another %s: %s, now %s".formatted(folder, what, then, now));
        }
    }
}
