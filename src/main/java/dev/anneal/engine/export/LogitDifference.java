package dev.anneal.engine.export;

import java.util.ArrayList;
import java.util.List;

/** Adds up how logits differ from expected ones, position by position. */
final class LogitDifference {

    private long positions;
    private long logits;
    private double maxLogit;
    private double sumLogit;
    private double sumDivergence;
    private double sumSpan;
    private double maxShare;

    /** One for each position; ties are told apart at the end. */
    private final List<Lead> leads = new ArrayList<>();

    /** How far the expected first choice of a position leads, and whether it was found too. */
    private record Lead(double margin, boolean isFound) {}

    /** Adds a position whose logits begin at {@code begin}. */
    void add(float[] expected, float[] found, int begin, int count) {
        double largest = 0;
        int best = begin;
        int foundBest = begin;
        double second = Double.NEGATIVE_INFINITY;
        double least = Double.POSITIVE_INFINITY;
        for (int i = begin; i < begin + count; i++) {
            double difference = Math.abs((double) expected[i] - found[i]);
            largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
            sumLogit += difference;
            least = Math.min(least, expected[i]);
            foundBest = found[i] > found[foundBest] ? i : foundBest;
            if (expected[i] > expected[best]) {
                second = expected[best];
                best = i;
            } else if (i != best) {
                second = Math.max(second, expected[i]);
            }
        }
        positions++;
        logits += count;
        maxLogit = Double.isNaN(largest) ? Double.NaN : Math.max(maxLogit, largest);
        sumDivergence += divergence(expected, found, begin, count);
        double span = expected[best] - least;
        sumSpan += span;
        maxShare = Math.max(maxShare, largest == 0 ? 0 : largest / span);
        leads.add(new Lead(expected[best] - second, best == foundBest));
    }

    /** KL(expected || found), nats. */
    private static double divergence(float[] expected, float[] found, int begin, int count) {
        double normOfExpected = logSum(expected, begin, count);
        double normOfFound = logSum(found, begin, count);
        double sum = 0;
        for (int i = begin; i < begin + count; i++) {
            double log = expected[i] - normOfExpected;
            sum += Math.exp(log) * (log - (found[i] - normOfFound));
        }
        return sum;
    }

    private static double logSum(float[] logits, int begin, int count) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = begin; i < begin + count; i++) {
            largest = Math.max(largest, logits[i]);
        }
        double sum = 0;
        for (int i = begin; i < begin + count; i++) {
            sum += Math.exp(logits[i] - largest);
        }
        return largest + Math.log(sum);
    }

    AnswerDifference summary() {
        List<Lead> clear = leads.stream().filter(lead -> lead.margin > maxLogit).toList();
        return new AnswerDifference(
                positions,
                maxLogit,
                sumLogit / logits,
                clear.isEmpty()
                        ? null
                        : (double) clear.stream().filter(Lead::isFound).count() / clear.size(),
                sumDivergence / positions,
                sumSpan / positions,
                maxShare);
    }
}
