package dev.anneal.engine.grade.metric;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Where symbols stand in a text, a bit for each place. Bits are kept for the symbols of at least 64 places, of which there is at most one for 64 places,
 * and made anew for others: 8 MB for 65,536 places, whatever stands there.
 */
final class Places {

    private static final int COMMON = Long.SIZE;

    /** Symbol and place, in order. */
    private final long[] places;

    private final Map<Integer, long[]> common = new HashMap<>();

    /** Bits of {@code places[begin]} to {@code places[end - 1]}, which are of the rare symbol that was asked for last. */
    private final long[] rare;

    private int begin;
    private int end;

    Places(int[] symbols) {
        places = IntStream.range(0, symbols.length)
                .mapToLong(place -> first(symbols[place]) | place)
                .sorted()
                .toArray();
        rare = new long[blocks()];
    }

    /** Longs for a bit of each place. */
    int blocks() {
        return (places.length + Long.SIZE - 1) / Long.SIZE;
    }

    /** A bit at each place of the symbol, which may have none. They last until the next call. */
    long[] of(int symbol) {
        int from = insertion(first(symbol));
        int to = insertion(first(symbol) | Integer.MAX_VALUE);
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

    private static long first(int symbol) {
        return (long) symbol << Integer.SIZE;
    }

    private int insertion(long place) {
        int found = Arrays.binarySearch(places, place);
        return found < 0 ? -found - 1 : found;
    }

    private void flip(long[] bits, int from, int to) {
        for (int i = from; i < to; i++) {
            int place = (int) places[i];
            bits[place / Long.SIZE] ^= 1L << place;
        }
    }
}
