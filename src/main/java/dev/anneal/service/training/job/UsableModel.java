package dev.anneal.service.training.job;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.history.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * A tuned model or checkpoint that a tenant may use.
 *
 * @param owner the tenant that owns it
 * @param base its base model
 * @param baseRevision the base model's commit on the Hub; null for one from the operator's folder
 * @param draft what it drafts for; null if it is no draft
 */
public record UsableModel(
        TunedModel model,
        String owner,
        String base,
        @Nullable String baseRevision,
        Checkpoint checkpoint,
        @Nullable TunedDraft draft) {

    /** @param job job of the model */
    public static UsableModel of(TunedModels.Resolved found, Job job) {
        return new UsableModel(
                found.model(),
                job.tenantId(),
                job.request().model(),
                job.baseRevision(),
                found.checkpoint(),
                TunedDraft.of(job));
    }

    /**
     * Refuses a draft that is only a head.
     *
     * @param param request key that names this model
     */
    public void requireLanguageModel(String param) {
        if (draft != null && draft.isHead()) {
            throw new Refusal(
                    RefusalCode.NOT_SUPPORTED,
                    "'%s' names '%s', a draft of the kind '%s', which is no language model by itself; name its target '%s' there, and the draft as 'anneal.draft' of a request for text"
                            .formatted(param, model.name(), draft.kind(), draft.targetName()),
                    param);
        }
    }
}
