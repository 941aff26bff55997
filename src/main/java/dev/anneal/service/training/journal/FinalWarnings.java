package dev.anneal.service.training.journal;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.training.history.SeriesSummary;
import dev.anneal.service.training.settings.MethodRules;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Warnings about a completed training that may not have made a good model (docs/training-settings.md). */
final class FinalWarnings {

    private FinalWarnings() {}

    static List<String> of(SeriesSummary summary, TrainingMethod method) {
        MethodRules<?> rules = TrainingMethods.of(method);
        if (summary.steps() > 0 && summary.moving() == 0) {
            return List.of(nothingLearned(summary, rules));
        }
        List<String> warnings = new ArrayList<>();
        if (summary.idle() > 0 && rules.isLossLikelihood()) {
            warnings.add(("In %d of the %d steps the gradient was exactly 0 although the loss was not, so they taught"
                            + " nothing: see grad_norm in the job's series; a lower learning rate or the"
                            + " activation 'matched_silu' helps")
                    .formatted(summary.idle(), summary.steps()));
        }
        if (summary.isLossAboveItsBeginning() && rules.isLossFalling()) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "The loss stayed above its beginning: each of the last %1$d steps had more than %2$.4f, the mean"
                            + " of the first %1$d. The new model is probably worse than what the training began with;"
                            + " train again with a lower learning rate",
                    summary.window(),
                    summary.firstLoss()));
        }
        return warnings;
    }

    private static String nothingLearned(SeriesSummary summary, MethodRules<?> rules) {
        return ("Nothing was learned: in each of the %d steps the learning rate or the gradient was exactly 0, so the"
                        + " new model answers as what the training began with. See learning_rate and grad_norm"
                        + " in the job's"
                        + " series%s")
                .formatted(summary.steps(), rules.causeOfNoGradient());
    }
}
