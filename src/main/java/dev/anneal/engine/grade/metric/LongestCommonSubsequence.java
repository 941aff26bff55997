package dev.anneal.engine.grade.metric;

import java.util.Arrays;

/**
 * Length of the longest common subsequence, 64 rows of the table at a time (Hyyrö 2004): time m n / 64, memory that of
 * {@link SymbolPositions}.
 */
final class LongestCommonSubsequence {

    private LongestCommonSubsequence() {}

    /** @param first symbols, any numbers */
    static int length(int[] first, int[] second) {
        SymbolPositions positions = new SymbolPositions(first);
        long[] rows = new long[positions.blocks()];
        Arrays.fill(rows, -1L);
        for (int symbol : second) {
            next(rows, positions.of(symbol));
        }
        return zeros(rows, first.length);
    }

    /** One column further: rows + (rows and match), with the carry from block to block, or rows without match. */
    private static void next(long[] rows, long[] match) {
        long carry = 0;
        for (int block = 0; block < rows.length; block++) {
            long row = rows[block];
            long matched = row & match[block];
            long partial = row + matched;
            long sum = partial + carry;
            carry = Long.compareUnsigned(partial, row) < 0 || Long.compareUnsigned(sum, partial) < 0 ? 1 : 0;
            rows[block] = sum | (row & ~match[block]);
        }
    }

    private static int zeros(long[] rows, int length) {
        int ones = 0;
        for (int block = 0; block < rows.length; block++) {
            int bits = Math.min(Long.SIZE, length - block * Long.SIZE);
            long used = bits == Long.SIZE ? -1L : (1L << bits) - 1;
            ones += Long.bitCount(rows[block] & used);
        }
        return length - ones;
    }
}
