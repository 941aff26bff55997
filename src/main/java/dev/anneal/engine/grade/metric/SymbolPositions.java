package dev.anneal.engine.grade.metric;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Where symbols stand in a text, a bit for each position. Bits are kept for the symbols of at least 64 positions, of which there is at most one for 64 positions,
 * and made anew for others: 8 MB for 65,536 positions, whatever stands there.
 */
final class SymbolPositions {

    private static final int COMMON = Long.SIZE;

    /** Symbol and position, in order. */
    private final long[] positions;

    private final Map<Integer, long[]> common = new HashMap<>();

    /** Bits of {@code positions[begin]} to {@code positions[end - 1]}, which are of the rare symbol that was asked for last. */
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

    /** Longs for a bit of each position. */
    int blocks() {
        return (positions.length + Long.SIZE - 1) / Long.SIZE;
    }

    /** A bit at each position of the symbol, which may have none. They last until the next call. */
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
