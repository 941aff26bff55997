package dev.anneal.service.training.job;

import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import org.jspecify.annotations.Nullable;

/**
 * What a draft was trained for.
 *
 * @param kind as in {@link SpeculativeDraft}
 * @param head shape of a head; null for the kind {@code model}
 * @param targetName name of the target in the request of its job; null if it is another tenant's who does not share it
 */
public record TunedDraft(
        String kind, @Nullable EagleHead head, @Nullable String targetName, DraftTarget target) {

    /** Null for a job that trains no draft. */
    public static @Nullable TunedDraft of(Job job) {
        DraftTarget target = job.target();
        return target != null && job.request().method() instanceof SpeculativeDraft method
                ? new TunedDraft(method.kind(), method.head(), method.target(), target)
                : null;
    }

    TunedDraft withoutTargetName() {
        return new TunedDraft(kind, head, null, target);
    }

    /** Whether it works only beside its target's hidden states. */
    public boolean isHead() {
        return !kind.equals(SpeculativeDraft.MODEL);
    }
}
