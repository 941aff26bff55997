package dev.anneal.service.worker.assignment;

import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.models.catalog.ModelSourceException;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Checks without an attempt whether the store and the base models are available. */
@Component
@ConditionalOnRole(Role.WORKER)
public final class EnvironmentProbe {

    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentProbe.class);

    private final ArtifactStore store;
    private final ModelCatalog models;

    EnvironmentProbe(ArtifactStore store, ModelCatalog models) {
        this.store = store;
        this.models = models;
    }

    /** The fault of the artifact store, if any. */
    public Optional<WorkError> storeFault() {
        try {
            store.check();
            return Optional.empty();
        } catch (StorageException failure) {
            LOG.debug("The artifact store could not be checked", failure);
            return Optional.of(AssignmentException.of(failure).error());
        }
    }

    /**
     * Why a base model is not available on this machine, if so.
     *
     * @param model name as in {@link dev.anneal.service.queue.NewWork#model}
     */
    public Optional<WorkError> modelFault(String model) {
        int at = model.indexOf('@');
        String id = at < 0 ? model : model.substring(0, at);
        if (at >= 0) {
            return models.canProvide(id, model.substring(at + 1))
                    ? Optional.empty()
                    : Optional.of(WorkError.ofEnvironment(
                            ModelSourceException.NOT_AVAILABLE, "The base model '" + model + "' is not there."));
        }
        try {
            models.require(id, null);
            return Optional.empty();
        } catch (Refusal refusal) {
            return Optional.of(Inputs.modelError(models, id, refusal));
        }
    }
}
