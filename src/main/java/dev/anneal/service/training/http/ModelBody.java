package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.training.job.TunedDraft;
import dev.anneal.service.training.job.TunedModel;
import dev.anneal.service.training.job.UsableModel;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code model}.
 *
 * @param anneal only of a model that is retrieved, not of those of a list
 */
record ModelBody(
        String id,
        String object,
        Instant created,
        String ownedBy,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Anneal anneal) {

    /**
     * Roles in speculative decoding.
     *
     * @param draft name of the draft that the model uses by default; null for none
     * @param target name of the model that it drafts for; null if it is no draft
     */
    record Anneal(@Nullable String draft, @Nullable String target) {}

    static ModelBody of(BaseModel model) {
        return new ModelBody(model.id(), "model", model.createdAt(), model.ownedBy(), null);
    }

    static ModelBody of(TunedModel model, String tenantId) {
        return new ModelBody(model.name(), "model", model.createdAt(), tenantId, null);
    }

    static ModelBody of(BaseModel model, Optional<UsableModel> draft) {
        return of(model).with(draft, null);
    }

    static ModelBody of(UsableModel model, Optional<UsableModel> draft) {
        return of(model.model(), model.owner()).with(draft, model.draft());
    }

    private ModelBody with(Optional<UsableModel> usual, @Nullable TunedDraft own) {
        return new ModelBody(
                id,
                object,
                created,
                ownedBy,
                new Anneal(
                        usual.map(draft -> draft.model().name()).orElse(null), own == null ? null : own.targetName()));
    }
}
