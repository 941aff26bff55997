package dev.anneal.engine.math.objective;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Clipped policy-gradient loss of groups of sampled completions, as in TRL's GRPOTrainer. For a token with ratio =
 * exp(policy - old) and its completion's advantage A it is -min(ratio A, clip(ratio, 1 - low, 1 + high) A) + klWeight
 * (exp(d) - d - 1), d = reference - policy.
 *
 * @param ratio whether each token has its own ratio, or all tokens of a completion the same: the exponential of the
 *     mean log-ratio (GSPO, Zheng et al. 2025)
 * @param clipLow ratios are clipped at this far below 1
 * @param clipHigh ratios are clipped at this far above 1
 * @param klWeight weight of the divergence from the reference; 0 needs no reference
 */
public record PolicyLoss(Aggregation aggregation, Ratio ratio, double clipLow, double clipHigh, double klWeight) {

    /** Aggregation of the losses of tokens. */
    public enum Aggregation {
        /** Mean over completions of the mean over their tokens (Shao et al. 2024). */
        GRPO,
        /** Mean over the tokens of a micro-batch. */
        BNPO,
        /** Sum over the tokens divided by the number of completions and the maximum length (Liu et al. 2025). */
        DR_GRPO,
        /** Mean over the tokens of the step (Yu et al. 2025). */
        DAPO
    }

    /** Level of the ratio. */
    public enum Ratio {
        TOKEN,
        SEQUENCE
    }

    /**
     * A sampled completion.
     *
     * @param policy log-probabilities of its tokens under the trained policy
     * @param old log-probabilities under the sampling policy
     * @param reference log-probabilities under the reference; null without one
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Completion(double[] policy, double[] old, double @Nullable [] reference, double advantage) {

        int tokens() {
            return policy.length;
        }
    }

    /**
     * Divisors of losses.
     *
     * @param completions number of completions of the micro-batch, including those without tokens
     * @param tokens tokens of the micro-batch
     * @param microBatches number of micro-batches of the step
     * @param tokensOfStep tokens of all its micro-batches
     * @param maxTokens maximum length of a completion
     */
    public record Divisors(int completions, long tokens, int microBatches, long tokensOfStep, int maxTokens) {}

    /**
     * Sums over tokens, which can be added.
     *
     * @param loss loss weighted by the aggregation
     * @param clippedLow tokens (or completions) whose ratio is too low for a negative advantage to count
     * @param clippedHigh the same for ratios too high for a positive one
     * @param divergence sum of exp(d) - d - 1 over the tokens; 0 without a reference
     */
    public record Sums(double loss, long clippedLow, long clippedHigh, double divergence) {

        public static final Sums NONE = new Sums(0, 0, 0, 0);

        public Sums plus(Sums other) {
            return new Sums(
                    loss + other.loss,
                    clippedLow + other.clippedLow,
                    clippedHigh + other.clippedHigh,
                    divergence + other.divergence);
        }
    }

    /**
     * Loss of a micro-batch.
     *
     * @param gradients for each completion an array of its length that receives the gradient with respect to the
     *     policy's log-probabilities
     */
    public Sums of(List<Completion> completions, Divisors divisors, List<double[]> gradients) {
        Sums sums = Sums.NONE;
        for (int i = 0; i < completions.size(); i++) {
            Completion completion = completions.get(i);
            if (completion.tokens() > 0) {
                double weight = weight(completion, divisors);
                Sums own = ratio == Ratio.TOKEN
                        ? byToken(completion, weight, gradients.get(i))
                        : bySequence(completion, weight, gradients.get(i));
                sums = sums.plus(own).plus(divergence(completion, weight, gradients.get(i)));
            }
        }
        return sums;
    }

    /** Weight of each token's loss. */
    private double weight(Completion completion, Divisors by) {
        return switch (aggregation) {
            case GRPO -> 1.0 / completion.tokens() / by.completions() / by.microBatches();
            case BNPO -> 1.0 / by.tokens() / by.microBatches();
            case DR_GRPO -> 1.0 / by.completions() / by.maxTokens() / by.microBatches();
            case DAPO -> 1.0 / by.tokensOfStep();
        };
    }

    private Sums byToken(Completion completion, double weight, double[] gradient) {
        Sums sums = Sums.NONE;
        for (int token = 0; token < completion.tokens(); token++) {
            Clipped clipped = clipped(completion.policy()[token] - completion.old()[token], completion.advantage());
            gradient[token] = weight * clipped.slope();
            sums = sums.plus(clipped.sums(weight));
        }
        return sums;
    }

    private Sums bySequence(Completion completion, double weight, double[] gradient) {
        double mean = 0;
        for (int token = 0; token < completion.tokens(); token++) {
            mean += (completion.policy()[token] - completion.old()[token]) / completion.tokens();
        }
        Clipped clipped = clipped(mean, completion.advantage());
        // Each token's loss depends on all log-probabilities with the factor 1 / tokens.
        Arrays.fill(gradient, weight * clipped.slope());
        return clipped.sums(weight * completion.tokens());
    }

    /**
     * @param loss -min(ratio A, clip(ratio) A)
     * @param slope its derivative with respect to the log-ratio
     */
    private record Clipped(double loss, double slope, boolean low, boolean high) {

        Sums sums(double weight) {
            return new Sums(weight * loss, low ? 1 : 0, high ? 1 : 0, 0);
        }
    }

    private Clipped clipped(double logRatio, double advantage) {
        double value = Math.exp(logRatio);
        boolean low = value < 1 - clipLow && advantage < 0;
        boolean high = value > 1 + clipHigh && advantage > 0;
        double bounded = Math.min(Math.max(value, 1 - clipLow), 1 + clipHigh);
        double loss = -Math.min(value * advantage, bounded * advantage);
        return new Clipped(loss, low || high ? 0 : -value * advantage, low, high);
    }

    private Sums divergence(Completion completion, double weight, double[] gradient) {
        double @Nullable [] reference = completion.reference();
        if (reference == null) {
            return Sums.NONE;
        }
        double sum = 0;
        for (int token = 0; token < completion.tokens(); token++) {
            double d = reference[token] - completion.policy()[token];
            sum += Math.exp(d) - d - 1;
            gradient[token] += weight * klWeight * (1 - Math.exp(d));
        }
        return new Sums(weight * klWeight * sum, 0, 0, sum);
    }
}
