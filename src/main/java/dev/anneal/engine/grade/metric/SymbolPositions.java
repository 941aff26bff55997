package dev.anneal.engine.grade.metric;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Positions of symbols in a text, as bit sets. Those of symbols with at least 64 positions are kept, at most one for
 * every 64 positions; those of others are computed on demand: 8 MB for 65,536 positions of any text.
 */
final class SymbolPositions {

    private static final int COMMON = Long.SIZE;

    /** Symbols with positions, sorted. */
    private final long[] positions;

    private final Map<Integer, long[]> common = new HashMap<>();

    /**
     * Bits of {@code positions[begin]} to {@code positions[end - 1]}, which belong to the last requested rare symbol.
     */
    private final long[] rare;

    private int begin;
    private int end;

    SymbolPositions(int[] symbols) {
        positions = IntStream.range(0, symbols.length)
                .mapToLong(position -> firstKey(symbols[position]) | position)
                .sorted()
                .toArray();
        rare = new long[blocks()];
    }

    /** Number of longs of a bit set. */
    int blocks() {
        return (positions.length + Long.SIZE - 1) / Long.SIZE;
    }

    /** The bit set of a symbol's positions, possibly empty. Valid until the next call. */
    long[] of(int symbol) {
        int from = insertion(firstKey(symbol));
        int to = insertion(firstKey(symbol) | Integer.MAX_VALUE);
        if (to - from >= COMMON) {
            return common.computeIfAbsent(symbol, unseen -> {
                long[] bits = new long[blocks()];
                flip(bits, from, to);
                return bits;
            });
        }
        flip(rare, begin, end);
        flip(rare, from, to);
        begin = from;
        end = to;
        return rare;
    }

    private static long firstKey(int symbol) {
        return (long) symbol << Integer.SIZE;
    }

    private int insertion(long key) {
        int found = Arrays.binarySearch(positions, key);
        return found < 0 ? -found - 1 : found;
    }

    private void flip(long[] bits, int from, int to) {
        for (int i = from; i < to; i++) {
            int position = (int) positions[i];
            bits[position / Long.SIZE] ^= 1L << position;
        }
    }
}
