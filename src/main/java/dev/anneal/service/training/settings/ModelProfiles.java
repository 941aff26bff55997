package dev.anneal.service.training.settings;

import org.jspecify.annotations.Nullable;

/**
 * Profiles of the models of a training.
 *
 * @param trained what is trained
 * @param target model that verifies a draft's proposals; null if no draft is trained
 * @param draft draft of rollouts; null for none
 */
public record ModelProfiles(
        ModelProfile trained,
        @Nullable ModelProfile target,
        @Nullable ModelProfile draft) {

    /** Maximum length of a row, which a draft and its target both read. */
    int contextTokens() {
        return target == null ? trained.contextTokens() : Math.min(trained.contextTokens(), target.contextTokens());
    }

    /** Refuses a row length beyond the context of a model. */
    public void checkLength(TrainingOptions options) {
        if (target != null) {
            target.checkLength(options);
        }
        trained.checkLength(options);
    }
}
