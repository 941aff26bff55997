package dev.anneal.service.assignment;

import dev.anneal.protocol.Task;
import dev.anneal.service.catalog.ModelCatalog;
import dev.anneal.service.file.Files;
import dev.anneal.service.process.EngineProperties;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Brings what a task reads to this machine. */
final class Inputs {

    private final ModelCatalog models;
    private final ArtifactStore store;
    private final Files files;
    private final EngineProperties engine;

    Inputs(ModelCatalog models, ArtifactStore store, Files files, EngineProperties engine) {
        this.models = models;
        this.store = store;
        this.files = files;
        this.engine = engine;
    }

    /** @throws AssignmentException if this machine has no such model; another one may */
    Task.BaseModel model(String id) {
        try {
            return new Task.BaseModel(
                    id, models.require(id).directory().toAbsolutePath().toString());
        } catch (Refusal refusal) {
            throw new AssignmentException(
                    WorkError.ofSystem("model_not_available", String.valueOf(refusal.getMessage())), refusal);
        }
    }

    /**
     * The model at the revision that its work was created with, pulled if it is not on this machine.
     *
     * @param revision null for a model of the operator's folder
     * @param tell told in words how a pull goes
     * @throws AssignmentException if it cannot be had; another machine may have it
     */
    Task.BaseModel model(String id, @Nullable String revision, Consumer<String> tell) {
        if (revision == null) {
            return model(id);
        }
        try {
            Path folder = models.provide(id, revision, new PullEvents(id, revision, tell));
            return new Task.BaseModel(id, folder.toAbsolutePath().toString());
        } catch (IOException failure) {
            String code = models.find(id).isPresent() ? "base_model_changed" : "model_not_available";
            throw new AssignmentException(WorkError.ofSystem(code, String.valueOf(failure.getMessage())), failure);
        }
    }

    /** @throws AssignmentException if the file is gone */
    String file(AttemptInputs inputs, String tenantId, String fileId) {
        ArtifactKey key = ArtifactKey.ofFile(tenantId, fileId);
        return brought(inputs, () -> {
                    String sha256 = files.sha256(tenantId, fileId).orElseThrow(() -> StorageException.notFound(key));
                    return store.localFile(key, sha256);
                })
                .toString();
    }

    /** @throws AssignmentException if the folder is gone */
    Path folder(AttemptInputs inputs, ArtifactKey key) {
        return brought(inputs, () -> store.localCopy(key));
    }

    /** What the store says of its own failures is the operator's: it may name machines and paths. */
    private static Path brought(AttemptInputs inputs, Supplier<LocalCopy> copy) {
        try {
            return inputs.keep(copy.get());
        } catch (StorageException failure) {
            String message = failure.isOfTheStore()
                    ? "The artifact store did not hand out what the attempt reads."
                    : String.valueOf(failure.getMessage());
            throw new AssignmentException(WorkError.ofSystem("artifact_not_available", message), failure);
        }
    }

    Task.Machine machine(String device) {
        return new Task.Machine(device, engine.threads(), engine.precision());
    }
}
