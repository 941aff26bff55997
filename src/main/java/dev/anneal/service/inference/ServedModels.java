package dev.anneal.service.inference;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.training.draft.DraftedModel;
import dev.anneal.service.training.draft.Drafts;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.job.UsableModel;
import dev.anneal.service.training.sharing.VisibleModels;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds the files of a model by its name, and fetches them to this machine. */
@Component
@ConditionalOnRole(Role.INFERENCE)
final class ServedModels {

    private static final String PARAMETER = "model";
    private static final int FINGERPRINT_DIGITS = 12;

    private final ModelCatalog catalog;
    private final VisibleModels visible;
    private final ArtifactStore store;

    ServedModels(ModelCatalog catalog, VisibleModels visible, ArtifactStore store) {
        this.visible = visible;
        this.catalog = catalog;
        this.store = store;
    }

    /**
     * A model's files on this machine.
     *
     * @param fingerprint equal as long as the files are the same
     * @param identity what a draft of it must have been trained for
     * @param adapter local copy of the adapter, which is kept until this is closed; an engine process needs it only for
     *     loading
     */
    record Found(
            ServedModel model,
            String fingerprint,
            DraftedModel identity,
            @Nullable LocalCopy adapter) implements AutoCloseable {

        @Override
        public void close() {
            if (adapter != null) {
                adapter.close();
            }
        }
    }

    /**
     * Fetches a model to this machine. The caller closes it.
     *
     * @throws Refusal {@code model_not_found} if the tenant has no such model, or another code if it cannot be used
     */
    Found find(String tenantId, String name) {
        if (!TunedModels.isTuned(name)) {
            BaseModel base = base(name);
            return found(base, Drafts.of(base), null, null);
        }
        String published = TunedModels.publishedName(name);
        UsableModel model = visible.find(tenantId, published)
                .orElseThrow(() -> new Refusal(
                        RefusalCode.MODEL_NOT_FOUND,
                        "The model '" + name + "' does not exist." + visible.didYouMean(tenantId, published)
                                + " /v1/models lists those that do.",
                        PARAMETER));
        model.requireLanguageModel(PARAMETER);
        return fetch(model, PARAMETER);
    }

    /**
     * As {@link #find}, for a model that may be used.
     *
     * @param parameter request key that names it
     */
    Found fetch(UsableModel model, String parameter) {
        return found(
                base(model, parameter),
                DraftedModel.of(model),
                model.checkpoint(),
                folder(model.checkpoint(), model.model().name(), parameter));
    }

    private BaseModel base(UsableModel model, String parameter) {
        try {
            return catalog.require(model.base(), model.baseRevision());
        } catch (Refusal refusal) {
            throw new Refusal(refusal.code(), refusal.explanation(), parameter);
        }
    }

    private BaseModel base(String name) {
        try {
            return catalog.require(name);
        } catch (Refusal refusal) {
            throw refusal.code() == RefusalCode.MODEL_NOT_AVAILABLE
                    ? new Refusal(RefusalCode.MODEL_NOT_FOUND, refusal.explanation(), PARAMETER)
                    : refusal;
        }
    }

    private LocalCopy folder(Checkpoint checkpoint, String name, String parameter) {
        try {
            return store.localCopy(new ArtifactKey(checkpoint.directory()));
        } catch (StorageException failure) {
            if (failure.isOfTheStore()) {
                throw failure;
            }
            throw new Refusal(
                    RefusalCode.MODEL_NOT_FOUND,
                    "The files of model '" + name + "' are not in the artifact store any more.",
                    parameter);
        }
    }

    private static Found found(
            BaseModel base, DraftedModel model, @Nullable Checkpoint checkpoint, @Nullable LocalCopy folder) {
        String identity = "%s\n%s\n%s\n%s\n%s"
                .formatted(
                        base.id(),
                        base.revision(),
                        base.createdAt(),
                        base.tokenizer(),
                        checkpoint == null ? "" : checkpoint.id());
        return new Found(
                new ServedModel(
                        new Task.BaseModel(
                                base.id(),
                                base.revision(),
                                base.directory().toAbsolutePath().toString()),
                        folder == null ? null : folder.path().toString()),
                "fp_" + Sha256.ofText(identity).substring(0, FINGERPRINT_DIGITS),
                model,
                folder);
    }
}
