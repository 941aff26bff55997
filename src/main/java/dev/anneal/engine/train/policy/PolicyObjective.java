package dev.anneal.engine.train.policy;

import dev.anneal.engine.math.objective.PolicyLoss;
import dev.anneal.engine.network.objective.Objective;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The policy loss of the completions of a micro-batch. */
final class PolicyObjective implements Objective.OfLogProbabilities {

    private final PolicyLoss loss;
    private final PolicyLoss.Divisors divisors;
    private final List<Row> rows;

    /**
     * A completion of the micro-batch.
     *
     * @param tokens number of trained tokens
     * @param old their log-probabilities under the sampling policy; null if it is the trained one
     * @param reference their log-probabilities under the reference; null without one
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Row(int tokens, double advantage, float @Nullable [] old, float @Nullable [] reference) {}

    PolicyObjective(PolicyLoss loss, PolicyLoss.Divisors divisors, List<Row> rows) {
        this.loss = loss;
        this.divisors = divisors;
        this.rows = List.copyOf(rows);
    }

    @Override
    public float[] derivatives(float[] logProbabilities) {
        List<double[]> gradients = gradients();
        PolicyLoss.Sums unused = sums(logProbabilities, gradients);
        return joined(gradients, logProbabilities.length);
    }

    /** Sums of the loss of these log-probabilities. */
    PolicyLoss.Sums sums(float[] logProbabilities) {
        return sums(logProbabilities, gradients());
    }

    private List<double[]> gradients() {
        return rows.stream().map(row -> new double[row.tokens()]).toList();
    }

    private PolicyLoss.Sums sums(float[] logProbabilities, List<double[]> gradients) {
        List<PolicyLoss.Completion> completions = new ArrayList<>();
        int begin = 0;
        for (Row row : rows) {
            double[] policy = doubles(logProbabilities, begin, row.tokens());
            float[] old = row.old();
            float[] reference = row.reference();
            completions.add(new PolicyLoss.Completion(
                    policy,
                    old == null ? policy : doubles(old, 0, old.length),
                    reference == null ? null : doubles(reference, 0, reference.length),
                    row.advantage()));
            begin += row.tokens();
        }
        return loss.of(completions, divisors, gradients);
    }

    private static double[] doubles(float[] values, int begin, int count) {
        double[] doubles = new double[count];
        for (int i = 0; i < count; i++) {
            doubles[i] = values[begin + i];
        }
        return doubles;
    }

    private static float[] joined(List<double[]> parts, int length) {
        float[] joined = new float[length];
        int at = 0;
        for (double[] part : parts) {
            for (double value : part) {
                joined[at++] = (float) value;
            }
        }
        return joined;
    }
}
