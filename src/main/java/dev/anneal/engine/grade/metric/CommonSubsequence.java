package dev.anneal.engine.grade.metric;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Length of the longest common subsequence, 64 rows of the table at a time (Hyyrö 2004): time m n / 64. */
final class CommonSubsequence {

    private CommonSubsequence() {}

    /** @param first symbols, any numbers */
    static int length(int[] first, int[] second) {
        Map<Integer, long[]> places = places(first);
        long[] rows = new long[blocks(first.length)];
        Arrays.fill(rows, -1L);
        for (int symbol : second) {
            long[] match = places.get(symbol);
            if (match != null) {
                next(rows, match);
            }
        }
        return zeros(rows, first.length);
    }

    private static int blocks(int length) {
        return (length + Long.SIZE - 1) / Long.SIZE;
    }

    /** For each symbol a bit at each of its places. */
    private static Map<Integer, long[]> places(int[] symbols) {
        Map<Integer, long[]> places = new HashMap<>();
        for (int i = 0; i < symbols.length; i++) {
            long[] bits = places.computeIfAbsent(symbols[i], unseen -> new long[blocks(symbols.length)]);
            bits[i / Long.SIZE] |= 1L << i;
        }
        return places;
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
