package dev.anneal.service.worker.assignment;

import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.models.hub.HubSource;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
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
    private final HubSource hub;

    EnvironmentProbe(ArtifactStore store, ModelCatalog models, HubSource hub) {
        this.store = store;
        this.models = models;
        this.hub = hub;
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
            return hub.canProvide(id, model.substring(at + 1))
                    ? Optional.empty()
                    : Optional.of(WorkError.ofEnvironment(
                            RefusalCode.MODEL_NOT_AVAILABLE.wireName(),
                            "The base model '" + model + "' is not there."));
        }
        try {
            models.require(id, null);
            return Optional.empty();
        } catch (Refusal refusal) {
            return Optional.of(Inputs.modelError(models, id, refusal));
        }
    }
}
