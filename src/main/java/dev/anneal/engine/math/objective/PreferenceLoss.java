package dev.anneal.engine.math.objective;

/**
 * Loss of a pair of completions of which one was preferred, on sums of their tokens' log-probabilities. With d =
 * (policy - reference of the chosen one) - (policy - reference of the rejected one), as TRL computes them:
 *
 * <ul>
 * <li>{@code SIGMOID}: -(1 - e) log sigmoid(beta d) - e log sigmoid(-beta d) (Rafailov et al. 2023; e is that of
 *     conservative DPO)
 * <li>{@code ROBUST}: (-(1 - e) log sigmoid(beta d) + e log sigmoid(-beta d)) / (1 - 2 e) (Ray Chowdhury et al. 2024)
 * <li>{@code HINGE}: max(0, 1 - beta d) (Zhao et al. 2023)
 * <li>{@code IPO}: (mean difference of the chosen - of the rejected one's tokens - 1 / (2 beta))^2 (Azar et al. 2023)
 * </ul>
 *
 * @param beta DPO's beta, the strength of the reference; not the annealing coefficient
 * @param labelSmoothing e, the assumed share of mislabelled pairs; 0 for hinge and ipo
 */
public record PreferenceLoss(LossType kind, double beta, double labelSmoothing) {

    /** TRL's names in upper case. */
    public enum LossType {
        SIGMOID,
        ROBUST,
        HINGE,
        IPO
    }

    public PreferenceLoss {
        if (!(beta > 0)) {
            throw new IllegalArgumentException("beta must be above 0, not " + beta);
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 0.5)) {
            throw new IllegalArgumentException("label smoothing must be from 0 to below 0.5, not " + labelSmoothing);
        }
        if (labelSmoothing > 0 && (kind == LossType.HINGE || kind == LossType.IPO)) {
            throw new IllegalArgumentException(kind + " has no label smoothing");
        }
    }

    /**
     * One of a pair's completions.
     *
     * @param policy sum of its tokens' log-probabilities under the trained policy
     * @param reference the same under the reference
     * @param tokens number of its tokens
     */
    public record Completion(double policy, double reference, int tokens) {

        double difference() {
            return policy - reference;
        }
    }

    /**
     * @param loss loss of the pair
     * @param chosenGradient gradient with respect to the policy's sum for the chosen completion
     * @param rejectedGradient gradient with respect to that for the rejected one
     * @param chosenReward beta times its difference from the reference
     * @param rejectedReward the same for the rejected one
     */
    public record Outcome(
            double loss, double chosenGradient, double rejectedGradient, double chosenReward, double rejectedReward) {

        public double margin() {
            return chosenReward - rejectedReward;
        }
    }

    public Outcome of(Completion chosen, Completion rejected) {
        double chosenReward = beta * chosen.difference();
        double rejectedReward = beta * rejected.difference();
        if (kind == LossType.IPO) {
            double distance =
                    chosen.difference() / chosen.tokens() - rejected.difference() / rejected.tokens() - 1 / (2 * beta);
            return new Outcome(
                    distance * distance,
                    2 * distance / chosen.tokens(),
                    -2 * distance / rejected.tokens(),
                    chosenReward,
                    rejectedReward);
        }
        double margin = chosenReward - rejectedReward;
        double slope = beta * slope(margin);
        return new Outcome(loss(margin), slope, -slope, chosenReward, rejectedReward);
    }

    private double loss(double margin) {
        double right = -(1 - labelSmoothing) * logSigmoid(margin);
        double wrong = -labelSmoothing * logSigmoid(-margin);
        return switch (kind) {
            case SIGMOID -> right + wrong;
            case ROBUST -> (right - wrong) / (1 - 2 * labelSmoothing);
            case HINGE -> Math.max(0, 1 - margin);
            case IPO -> throw new IllegalStateException("ipo is no function of the margin");
        };
    }

    /** Derivative of the loss with respect to the margin. */
    private double slope(double margin) {
        double right = -(1 - labelSmoothing) * sigmoid(-margin);
        double wrong = labelSmoothing * sigmoid(margin);
        return switch (kind) {
            case SIGMOID -> right + wrong;
            case ROBUST -> (right - wrong) / (1 - 2 * labelSmoothing);
            case HINGE -> margin < 1 ? -1 : 0;
            case IPO -> throw new IllegalStateException("ipo is no function of the margin");
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Finite for every x. */
    private static double logSigmoid(double x) {
        return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
    }
}
