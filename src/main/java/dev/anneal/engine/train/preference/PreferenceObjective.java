package dev.anneal.engine.train.preference;

import dev.anneal.engine.math.objective.PreferenceLoss;
import dev.anneal.engine.math.objective.PreferenceLoss.Completion;
import dev.anneal.engine.math.objective.PreferenceLoss.Outcome;
import dev.anneal.engine.network.objective.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The summed preference loss of the pairs of a micro-batch, whose rows alternate between chosen and rejected
 * completions.
 */
final class PreferenceObjective implements Objective.OfLogProbabilities {

    private final PreferenceLoss loss;
    private final int[] tokens;
    private final double[] reference;

    /**
     * A computed pair.
     *
     * @param chosen sum of the log-probabilities of the chosen completion's tokens
     * @param rejected sum of those of the rejected one
     */
    record Pair(Outcome outcome, double chosen, double rejected) {}

    /**
     * @param tokens trained tokens of each row
     * @param reference sum of their log-probabilities under the reference
     */
    PreferenceObjective(PreferenceLoss loss, int[] tokens, double[] reference) {
        if (tokens.length != reference.length || tokens.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "%d rows with %d references are no pairs".formatted(tokens.length, reference.length));
        }
        this.loss = loss;
        this.tokens = tokens.clone();
        this.reference = reference.clone();
    }

    @Override
    public float[] derivatives(float[] logProbabilities) {
        List<Pair> pairs = pairs(logProbabilities);
        float[] derivatives = new float[logProbabilities.length];
        int begin = 0;
        for (int chosen = 0; chosen < tokens.length; chosen += 2) {
            Outcome outcome = pairs.get(chosen / 2).outcome();
            int middle = begin + tokens[chosen];
            int end = middle + tokens[chosen + 1];
            Arrays.fill(derivatives, begin, middle, (float) outcome.chosenGradient());
            Arrays.fill(derivatives, middle, end, (float) outcome.rejectedGradient());
            begin = end;
        }
        return derivatives;
    }

    /** Computes the pairs. */
    List<Pair> pairs(float[] logProbabilities) {
        List<Pair> computed = new ArrayList<>();
        int begin = 0;
        for (int chosen = 0; chosen < tokens.length; chosen += 2) {
            int middle = begin + tokens[chosen];
            int end = middle + tokens[chosen + 1];
            double sumOfChosen = sum(logProbabilities, begin, middle);
            double sumOfRejected = sum(logProbabilities, middle, end);
            Outcome outcome = loss.of(
                    new Completion(sumOfChosen, reference[chosen], tokens[chosen]),
                    new Completion(sumOfRejected, reference[chosen + 1], tokens[chosen + 1]));
            computed.add(new Pair(outcome, sumOfChosen, sumOfRejected));
            begin = end;
        }
        return computed;
    }

    /** Sum of the log-probabilities of a row's trained tokens. */
    static double sum(float[] logProbabilities, int begin, int end) {
        double sum = 0;
        for (int i = begin; i < end; i++) {
            sum += logProbabilities[i];
        }
        return sum;
    }
}
