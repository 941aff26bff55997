package dev.anneal.service.worker.assignment;

import dev.anneal.protocol.Task;
import dev.anneal.service.files.Files;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.models.hub.HubException;
import dev.anneal.service.models.hub.HubSource;
import dev.anneal.service.platform.process.EngineProperties;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Fetches the inputs of a task to this machine. */
@Component
@ConditionalOnRole(Role.WORKER)
final class Inputs {

    private final ModelCatalog models;
    private final HubSource hub;
    private final ArtifactStore store;
    private final Files files;
    private final EngineProperties engine;

    Inputs(ModelCatalog models, HubSource hub, ArtifactStore store, Files files, EngineProperties engine) {
        this.models = models;
        this.hub = hub;
        this.store = store;
        this.files = files;
        this.engine = engine;
    }

    /** A model from the operator's folder. */
    private Task.BaseModel ofTheFolder(String id) {
        try {
            return task(id, null, models.require(id, null).directory());
        } catch (Refusal refusal) {
            throw new AssignmentException(modelError(models, id, refusal), refusal);
        }
    }

    /** The model existed when its work was created, so its absence is a fault of the environment. */
    static WorkError modelError(ModelCatalog models, String id, Refusal refusal) {
        return WorkError.ofEnvironment(
                (models.find(id).isPresent() ? refusal.code() : RefusalCode.MODEL_NOT_AVAILABLE).wireName(),
                refusal.explanation());
    }

    private static Task.BaseModel task(String id, @Nullable String revision, Path folder) {
        return new Task.BaseModel(id, revision, folder.toAbsolutePath().toString());
    }

    /**
     * The model at the revision that its work was created with, pulled if it is not on this machine.
     *
     * @param revision commit on the Hub; null for a model from the operator's folder
     * @param inputs says whether a pull is still wanted
     * @param tell receives messages about the progress of a pull
     * @throws AssignmentException if it is not available; another machine may have it
     */
    Task.BaseModel model(AttemptInputs inputs, String id, @Nullable String revision, Consumer<String> tell) {
        if (revision == null) {
            return ofTheFolder(id);
        }
        try {
            return task(id, revision, hub.provide(id, revision, new PullEvents(id, revision, tell, inputs)));
        } catch (HubException failure) {
            boolean isAnotherHere = failure.kind() == HubException.Reason.MODEL_NOT_AVAILABLE
                    && models.find(id).isPresent();
            String code = (isAnotherHere ? RefusalCode.BASE_MODEL_CHANGED : failure.kind()).wireName();
            throw new AssignmentException(WorkError.ofEnvironment(code, failure.explanation()), failure);
        }
    }

    /**
     * @throws AssignmentException if the file is deleted
     * @throws StorageException if its content is gone
     */
    String file(AttemptInputs inputs, String tenantId, String fileId) {
        ArtifactKey key = ArtifactKey.ofFile(tenantId, fileId);
        String sha256 = files.sha256(tenantId, fileId)
                .orElseThrow(() -> new AssignmentException(
                        WorkError.ofSystem("artifact_not_available", "The file '" + fileId + "' no longer exists.")));
        return inputs.keep(store.localFile(key, sha256, inputs.guard()::requireWanted))
                .toString();
    }

    /**
     * @param key key of a folder in the artifact store
     * @throws StorageException if it is gone
     */
    String folder(AttemptInputs inputs, String key) {
        return inputs.keep(store.localCopy(new ArtifactKey(key), inputs.guard()::requireWanted))
                .toString();
    }

    Task.Machine machine(String device) {
        return engine.machine(device);
    }
}
