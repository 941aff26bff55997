package dev.anneal.service.training.job;

import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import org.jspecify.annotations.Nullable;

/**
 * What a draft was trained for.
 *
 * @param kind as in {@link SpeculativeDraft}
 * @param targetName name of the target in the request of its job
 */
public record TunedDraft(String kind, String targetName, DraftTarget target) {

    /** Null for a job that trains no draft. */
    public static @Nullable TunedDraft of(Job job) {
        DraftTarget target = job.target();
        return target != null && job.request().method() instanceof SpeculativeDraft method
                ? new TunedDraft(method.kind(), method.target(), target)
                : null;
    }

    /** Whether it works only beside its target's hidden states. */
    public boolean isHead() {
        return !kind.equals(SpeculativeDraft.MODEL);
    }
}
