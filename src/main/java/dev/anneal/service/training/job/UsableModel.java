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
 * @param isWhole whether all its weights were trained
 * @param draft what it drafts for; null if it is no draft
 */
public record UsableModel(
        TunedModel model,
        String owner,
        String base,
        @Nullable String baseRevision,
        Checkpoint checkpoint,
        boolean isWhole,
        @Nullable TunedDraft draft) {

    /** @param job job of the model */
    static UsableModel of(TunedModel model, Checkpoint checkpoint, Job job) {
        return new UsableModel(
                model,
                job.tenantId(),
                job.request().model(),
                job.baseRevision(),
                checkpoint,
                job.request().adapter() == null,
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
                    ("'%s' names '%s', a draft of the kind '%s', which is no language model by itself; name its"
                                    + " target%s there, and the draft as 'anneal.draft' of a request for text")
                            .formatted(
                                    param,
                                    model.name(),
                                    draft.kind(),
                                    draft.targetName() == null ? "" : " '" + draft.targetName() + "'"),
                    param);
        }
    }

    /**
     * Refuses what is no draft of a model.
     *
     * @param param request key that names this model
     * @param target what a draft must have been trained for; null if nothing can have been
     * @param named the key of the request that names the target, with its value
     */
    public TunedDraft requireDraftOf(@Nullable DraftTarget target, String named, String param) {
        if (draft == null) {
            throw Refusal.invalidValue(
                    param,
                    ("'%s' names '%s', which is no draft; name the model of a job of the method"
                                    + " 'speculative_draft', or leave it out")
                            .formatted(param, model.name()));
        }
        if (!draft.target().equals(target)) {
            throw Refusal.invalidValue(
                    param,
                    ("'%s' names '%s', a draft for %s, but %s, which is another model, checkpoint or commit of"
                                    + " the base model; name a draft for it, or train this one further for it")
                            .formatted(
                                    param,
                                    model.name(),
                                    draft.targetName() == null
                                            ? "a model that is not shared with you"
                                            : "'" + draft.targetName() + "'",
                                    named));
        }
        return draft;
    }

    /** The same draft for a tenant that may not know its target. */
    public UsableModel withoutTargetName() {
        return draft == null
                ? this
                : new UsableModel(model, owner, base, baseRevision, checkpoint, isWhole, draft.withoutTargetName());
    }
}
