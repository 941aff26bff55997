package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.Turns;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;

/**
 * Rows in a step of training-time test: each token is paired with the one {@code step} + 1 further on.
 *
 * @param next ids of those tokens; 0 behind the end of a row, where nothing is learned
 * @param turns of the step's positions
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record EagleStepRows(TokenRows rows, int step, long[] next, Turns turns, AppliedAdapter adapter) {

    static EagleStepRows of(TensorScope scope, EagleProgram program, TokenRows rows, int step, AppliedAdapter adapter) {
        long[] next = new long[rows.tokens()];
        long[] positions = new long[rows.tokens()];
        for (int row = 0; row < rows.rows(); row++) {
            for (int at = rows.begin(row); at < rows.end(row); at++) {
                int paired = at + step + 1;
                next[at] = paired < rows.end(row) ? rows.ids()[paired] : 0;
                positions[at] = (long) at - rows.begin(row) + step;
            }
        }
        Tensor like = program.weights().fc();
        Turns turns = program.decoder()
                .turns(scope, scope.longs(positions, positions.length), like)
                .values()
                .iterator()
                .next();
        return new EagleStepRows(rows, step, next, turns, adapter);
    }

    /** Begin of each row, then the number of tokens. */
    long[] offsets() {
        return rows.offsets();
    }

    /** Of the rows' dropout: each step has its own. */
    long[] seeds() {
        return adapter.dropout().seeds(step);
    }
}
