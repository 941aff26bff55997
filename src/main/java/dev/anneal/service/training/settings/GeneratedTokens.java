package dev.anneal.service.training.settings;

/**
 * Tokens that the models of a draft's training generate beside its steps.
 *
 * @param together maximum number of sequences generated together
 * @param measured tokens of the answers in which acceptance is measured, in all validations, by draft and target
 * @param regenerated tokens of the answers that the target writes before the first step
 */
record GeneratedTokens(int together, double measured, double regenerated) {

    static final GeneratedTokens NONE = new GeneratedTokens(0, 0, 0);
}
