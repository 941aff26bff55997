package dev.anneal.service.training.settings;

import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.refusal.Refusal;
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

    private static final String PRECISION = "anneal.base_precision";
    private static final String ADAPTER = "anneal.adapter";
    private static final String ALL = "'" + ADAPTER
            + "' is 'none', which trains all weights, and only weights that stay as they are can be in 4 bits";

    /** Maximum length of a row, which a draft and its target both read. */
    int contextTokens() {
        return target == null ? trained.contextTokens() : Math.min(trained.contextTokens(), target.contextTokens());
    }

    /** The models in memory: only the base that is trained stays in 4 bits or is shared out. */
    ModelProfiles kept(TrainingOptions options) {
        boolean asked = options.basePrecision().equals(TrainingSettings.NF4);
        int shares = options.basePlacement().equals(TrainingSettings.SHARDED) ? options.devices() : 1;
        return new ModelProfiles(
                trained.kept(asked || trained.inNf4(), shares),
                target == null ? null : target.kept(false, 1),
                draft == null ? null : draft.kept(false, 1));
    }

    /** Refuses 4 bits, and shares of them, where weights do not stay as they are. */
    public void checkPrecision(JobRequest request) {
        DeviceRules.checkPlacement(
                request.options(), request.adapter() != null, request.method().trainsHead());
        boolean asked = request.options().basePrecision().equals(TrainingSettings.NF4);
        if (request.method().trainsHead()) {
            if (asked) {
                throw Refusal.invalidValue(
                        PRECISION,
                        ("'%s' is 'nf4', but a draft head learns from its target in the precision in which that is"
                                        + " served; leave it out")
                                .formatted(PRECISION));
            }
        } else if (request.adapter() == null && asked) {
            throw Refusal.invalidValue(
                    PRECISION,
                    "'%s' is 'nf4', but %s. Train an adapter, or leave '%s' out".formatted(PRECISION, ALL, PRECISION));
        } else if (request.adapter() == null && trained.inNf4()) {
            throw Refusal.invalidValue(
                    ADAPTER,
                    "the files of '%s' have its projections in 4 bits, but %s. Train an adapter"
                            .formatted(trained.id(), ALL));
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
