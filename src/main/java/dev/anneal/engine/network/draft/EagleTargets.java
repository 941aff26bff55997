package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The tokens at which a step is compared with the target: where it is trained, and where a run of steps began with a
 * trained one. No step reaches into the next row.
 *
 * @param at ascending
 * @param distance from the state that predicts to the one that it learns from
 * @param trained whether each is trained
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record EagleTargets(int[] at, int distance, boolean[] trained) {

    static EagleTargets of(TokenRows rows, boolean[] trained, int step) {
        int distance = step + 1;
        int[] at = IntStream.range(0, rows.rows())
                .flatMap(row -> IntStream.range(rows.begin(row), rows.end(row) - distance))
                .filter(token -> trained[token + distance] || trained[token + 1])
                .toArray();
        boolean[] own = new boolean[at.length];
        for (int i = 0; i < at.length; i++) {
            own[i] = trained[at[i] + distance];
        }
        return new EagleTargets(at, distance, own);
    }

    /** Tokens at which a run of steps may begin: those whose first step is trained. */
    static boolean[] starts(TokenRows rows, boolean[] trained) {
        boolean[] starts = new boolean[trained.length];
        for (int token : of(rows, trained, 0).at) {
            starts[token] = true;
        }
        return starts;
    }

    /** @param table the target's output embedding of the draft's vocabulary */
    EagleProgram.Learned learned(TensorScope scope, Tensor states, Tensor table, double weight) {
        long[] tokens = Arrays.stream(at).asLongStream().toArray();
        long[] learned = Arrays.stream(tokens).map(token -> token + distance).toArray();
        return new EagleProgram.Learned(
                scope.longs(tokens, tokens.length),
                states,
                scope.longs(learned, learned.length),
                table,
                weights(scope, weight));
    }

    /** A weight for each that is trained, 0 for the others. */
    Tensor weights(TensorScope scope, double weight) {
        float[] weights = new float[at.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = trained[i] ? (float) weight : 0;
        }
        return scope.floats(weights, weights.length);
    }

    /**
     * Sums over the trained positions.
     *
     * @param each the program's [3, M]: divergences, equal most likely tokens, overlaps
     * @param distances SmoothL1 of each position; empty if they are not learned
     * @param runs for each token whether a run of correct steps from it reached this one; overwritten for the next step
     */
    EagleSums sums(float[] each, float[] distances, boolean[] runs) {
        int positions = at.length;
        long started =
                IntStream.range(0, runs.length).filter(token -> runs[token]).count();
        boolean[] reached = runs.clone();
        Arrays.fill(runs, false);
        double loss = 0;
        double regression = 0;
        double overlap = 0;
        long count = 0;
        long correct = 0;
        long prefixCorrect = 0;
        for (int i = 0; i < positions; i++) {
            boolean equal = each[positions + i] > 0;
            runs[at[i]] = equal && reached[at[i]];
            if (trained[i]) {
                count++;
                loss += each[i];
                overlap += each[2 * positions + i];
                regression += distances.length > 0 ? distances[i] : 0;
                correct += equal ? 1 : 0;
                prefixCorrect += runs[at[i]] ? 1 : 0;
            }
        }
        return new EagleSums(loss, regression, count, correct, prefixCorrect, started, overlap);
    }
}
