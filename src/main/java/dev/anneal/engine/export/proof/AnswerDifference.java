package dev.anneal.engine.export.proof;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a model's next-token predictions differ from a reference's, over all positions of the probes.
 *
 * @param positions number of positions
 * @param maxLogit largest |difference| of a logit
 * @param meanLogit mean |difference| of the logits
 * @param topAgreement share of positions with the same most likely token, among those where the reference's first
 *     choice leads its second by more than {@code maxLogit}: closer ones are ties; null if all are
 * @param meanDivergence mean of KL(reference || model), nats
 * @param meanSpan mean difference between the reference's largest and smallest logit at a position
 * @param maxShare largest |difference| of a logit as a share of the span of the reference's logits at its position
 */
public record AnswerDifference(
        long positions,
        double maxLogit,
        double meanLogit,
        @Nullable Double topAgreement,
        double meanDivergence,
        double meanSpan,
        double maxShare) {

    /** The values by their names in proofs. */
    Map<String, @Nullable Object> figures() {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("max_abs_logit_diff", maxLogit);
        figures.put("max_rel_logit_diff", maxShare);
        figures.put("mean_abs_logit_diff", meanLogit);
        figures.put("top1_agreement", topAgreement);
        figures.put("mean_kl", meanDivergence);
        figures.put("mean_logit_span", meanSpan);
        return figures;
    }
}
