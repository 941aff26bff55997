package dev.anneal.service.training.draft;

import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.job.TunedDraft;
import dev.anneal.service.training.job.UsableModel;
import org.jspecify.annotations.Nullable;

/**
 * A model that drafts may propose tokens for.
 *
 * @param name its published name
 * @param owner the tenant that owns it; null for a base model
 * @param identity what a draft must have been trained for
 */
public record DraftedModel(String name, @Nullable String owner, DraftTarget identity) {

    public static DraftedModel of(UsableModel model) {
        return new DraftedModel(
                model.model().name(),
                model.owner(),
                new DraftTarget(
                        model.base(), model.baseRevision(), model.checkpoint().number()));
    }

    boolean isTargetOf(UsableModel model) {
        TunedDraft draft = model.draft();
        return draft != null && draft.target().equals(identity);
    }
}
