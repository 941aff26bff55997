package dev.anneal.service.inference;

import dev.anneal.protocol.ServedModel;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.training.draft.DefaultDrafts;
import dev.anneal.service.training.draft.DraftedModel;
import dev.anneal.service.training.draft.Drafts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Finds the model of a request and its draft, and fetches both to this machine. */
@Component
@ConditionalOnRole(Role.INFERENCE)
final class RequestedModels {

    private static final Logger LOG = LoggerFactory.getLogger(RequestedModels.class);
    private static final String PARAMETER = "anneal.draft";

    private final ServedModels models;
    private final Drafts drafts;
    private final DefaultDrafts defaults;

    RequestedModels(ServedModels models, Drafts drafts, DefaultDrafts defaults) {
        this.models = models;
        this.drafts = drafts;
        this.defaults = defaults;
    }

    /**
     * Files on this machine, which are kept until this is closed.
     *
     * @param draft null if the answer is generated without one
     */
    record Found(ServedModels.Found target, ServedModels.@Nullable Found draft) implements AutoCloseable {

        @Nullable
        ServedModel draftModel() {
            return draft == null ? null : draft.model();
        }

        @Override
        public void close() {
            target.close();
            if (draft != null) {
                draft.close();
            }
        }
    }

    /**
     * Fetches the models. The caller closes them.
     *
     * @throws Refusal if there is no such model, or the request names a draft that does not exist or was trained for
     *     another model
     */
    Found find(String tenantId, GenerationRequest request) {
        ServedModels.Found target = models.find(tenantId, request.model());
        try {
            return new Found(target, draft(tenantId, target.identity(), request.draft()));
        } catch (RuntimeException e) {
            target.close();
            throw e;
        }
    }

    private ServedModels.@Nullable Found draft(String tenantId, DraftedModel model, DraftChoice choice) {
        String name = choice.name();
        if (name != null) {
            return models.fetch(drafts.require(tenantId, name, model, PARAMETER), PARAMETER);
        }
        return choice.isDefault() ? usual(tenantId, model).orElse(null) : null;
    }

    /**
     * Without its default draft an answer is the same and takes longer, so a fault that concerns the draft alone is not
     * the request's.
     */
    private Optional<ServedModels.Found> usual(String tenantId, DraftedModel model) {
        try {
            return defaults.find(tenantId, model).map(draft -> models.fetch(draft, PARAMETER));
        } catch (Refusal | StorageException | DataAccessException | TransactionException fault) {
            LOG.warn(
                    "The default draft of '{}' is left out, as it cannot be used: {}",
                    model.name(),
                    fault.getMessage());
            return Optional.empty();
        }
    }
}
