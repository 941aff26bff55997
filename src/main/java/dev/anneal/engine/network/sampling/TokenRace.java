package dev.anneal.engine.network.sampling;

import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Draws tokens by {@code torchscript/race.py}: the token with the largest log p[v] - log E[v] (Gumbel-max), with
 * exponential noise E[v] that depends only on a key and the id of v. Distributions that are drawn from with the same
 * key share it: a draft's token then is the target's as often as such a draw allows
 * (arXiv 2408.07978), and the target's token does not depend on the draft. Thread-safe.
 */
public final class TokenRace {

    /** Rows of the grid in which the program looks for candidates. */
    private static final int ROWS = 16;

    private final Program program;
    private final Tensor stirred;

    /** @param ids of the tokens whose logits the columns are, below 2^30: for a whole vocabulary 0, 1, 2, ... */
    public TokenRace(TensorScope owner, int[] ids) {
        this.program = Program.load(owner, "race", "Race", Map.of());
        int width = (ids.length + ROWS - 1) / ROWS;
        long[] grid = IntStream.range(0, ROWS * width)
                .mapToLong(i -> i < ids.length ? ids[i] : 0)
                .toArray();
        try (TensorScope own = owner.child()) {
            this.stirred = program.call(owner, "stirred", own.longs(grid, ROWS, width));
        }
    }

    /**
     * Draws a column of each row.
     *
     * @param logits fp32 [M, V], -inf where a token must not be drawn
     * @param temperature their divisors, fp32 [M, 1]
     * @param keys of the rows' noise
     */
    public long[] draw(TensorScope scope, Tensor logits, Tensor temperature, long[] keys) {
        return program.call(scope, "draw", logits, temperature, words(scope, keys), stirred)
                .toLongs();
    }

    /** The halves of each key, as an even and an odd number: [2, M, 1, 1]. */
    private static Tensor words(TensorScope scope, long[] keys) {
        int rows = keys.length;
        long[] words = new long[2 * rows];
        for (int row = 0; row < rows; row++) {
            words[row] = (int) keys[row] & ~1;
            words[rows + row] = (int) (keys[row] >>> 32) | 1;
        }
        return scope.longs(words, 2, rows, 1, 1);
    }

    /**
     * The t of E = -log(1 - t), fp32 [M, 16, W] in order of the ids, with more at the end if 16 does not divide their
     * number.
     */
    Tensor noise(TensorScope scope, long[] keys) {
        Tensor bits = program.call(scope, "noise", words(scope, keys), stirred);
        return program.call(scope, "uniform", bits);
    }

    /**
     * The columns with the largest log p - log E, from scores log p and t of {@link #noise}: [M, N] each, of one type.
     * Changes neither.
     */
    public long[] winners(TensorScope scope, Tensor scores, Tensor t) {
        return program.call(scope, "winners", scores, t).toLongs();
    }
}
