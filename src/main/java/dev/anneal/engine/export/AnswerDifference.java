package dev.anneal.engine.export;

/**
 * How a model's next-token predictions differ from a reference's, over all positions of the probes.
 *
 * @param positions how many there were
 * @param maxLogit largest |difference| of a logit
 * @param meanLogit mean |difference| of the logits
 * @param topAgreement share of positions with the same most likely token, among those where the reference's first choice leads its second by
 *     more than {@code maxLogit}: closer ones are ties; 1 if there is no other
 * @param meanDivergence mean of KL(reference || model), nats
 */
record AnswerDifference(
        long positions, double maxLogit, double meanLogit, double topAgreement, double meanDivergence) {}
