package dev.anneal.service.training.settings;

import org.jspecify.annotations.Nullable;

/**
 * Profiles of the models of a training.
 *
 * @param trained what is trained; of a draft with the shorter of both contexts
 * @param target model that verifies a draft's proposals; null if no draft is trained
 * @param draft draft of rollouts; null for none
 */
public record ModelProfiles(
        ModelProfile trained,
        @Nullable ModelProfile target,
        @Nullable ModelProfile draft) {

    public ModelProfiles {
        if (target != null) {
            trained = trained.within(target.contextTokens());
        }
    }

    /** Refuses a row length beyond the context of a model. */
    public void checkLength(TrainingOptions options) {
        if (target != null) {
            target.checkLength(options);
        }
        trained.checkLength(options);
    }
}
