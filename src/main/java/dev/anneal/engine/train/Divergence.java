package dev.anneal.engine.train;

import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * Ends a training whose model is destroyed, because continuing would take hours for nothing. No training that still
 * learns meets the rules, which docs/training-settings.md states.
 */
final class Divergence {

    /** Consecutive steps in which all tokens are equally likely and the gradient is 0. */
    static final int DEAD_STEPS = 3;

    /** Consecutive steps with a loss above {@link #HIGH} times both that of guessing and that of the first step. */
    static final int HIGH_STEPS = 20;

    static final double HIGH = 1.5;

    /** Tolerance; fp32 gives the loss of equal probabilities to within 1e-6 nats. */
    private static final double NATS = 1e-4;

    private final int vocabulary;
    private final int totalSteps;
    private final boolean ofLikelihood;
    private @Nullable Double firstLoss;
    private int dead;
    private int high;

    /** @param ofLikelihood whether the loss is the mean negative log-likelihood of the trained tokens */
    Divergence(int vocabulary, int totalSteps, boolean ofLikelihood) {
        this.vocabulary = vocabulary;
        this.totalSteps = totalSteps;
        this.ofLikelihood = ofLikelihood;
    }

    /** Loss of the training's first step; null before it. */
    @Nullable
    Double firstLoss() {
        return firstLoss;
    }

    /** Restores the loss of the first step from a checkpoint. */
    void resume(@Nullable Double ofFirstStep) {
        firstLoss = ofFirstStep;
    }

    /**
     * Checks a step before its gradient is used.
     *
     * @param step steps done before it
     * @throws TrainingException {@code training_diverged}
     */
    void check(int step, Steps.Result result, double gradientNorm) {
        double beginning = firstLoss == null ? result.loss() : firstLoss;
        firstLoss = beginning;
        boolean isUniform = gradientNorm == 0 && Math.abs(result.negativeLogLikelihood() - Math.log(vocabulary)) < NATS;
        dead = isUniform ? dead + 1 : 0;
        if (dead == DEAD_STEPS || (dead > 0 && step + 1 == totalSteps)) {
            throw diverged(
                    step,
                    ("at step %d the model gives each of its %d tokens the same probability and the gradient is"
                                    + " exactly 0, for %d steps in a row")
                            .formatted(step + 1, vocabulary, dead));
        }
        double bound = HIGH * Math.max(beginning, Math.log(vocabulary));
        high = ofLikelihood && result.loss() > bound ? high + 1 : 0;
        if (high == HIGH_STEPS) {
            throw diverged(
                    step,
                    ("at step %d the loss is %.4f; for %d steps in a row it was above %.4f, %s times the %.4f of"
                                    + " the first step or of guessing")
                            .formatted(step + 1, result.loss(), high, bound, HIGH, bound / HIGH));
        }
    }

    private static TrainingException diverged(int step, String seen) {
        return new TrainingException(
                TrainingException.Code.TRAINING_DIVERGED, step, seen + ": train again with a lower learning rate");
    }
}
