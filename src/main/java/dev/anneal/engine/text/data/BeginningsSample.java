package dev.anneal.engine.text.data;

import dev.anneal.engine.math.random.SplitMix64;
import dev.anneal.engine.text.data.CommonBeginnings.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sample of a file's rows, equally likely and the same in each count, whose {@link CommonBeginnings} stand for those
 * of all rows.
 */
final class BeginningsSample {

    private static final int ROWS = 512;

    /** First tokens of a row that are kept: the sample takes 8 MB at most. */
    private static final int TOKENS = 4096;

    /** Beginnings of fewer rows hardly meet in a step. */
    private static final double LEAST_SHARE = 0.01;

    private static final int MOST_LEVELS = 16;

    private final List<int[]> rows = new ArrayList<>();
    private long seen;
    private long ofPairs;

    void add(int[] row) {
        seen++;
        if (rows.size() < ROWS) {
            rows.add(cut(row));
        } else {
            long place = Math.floorMod(SplitMix64.mix(seen * SplitMix64.GAMMA), seen);
            if (place < ROWS) {
                rows.set((int) place, cut(row));
            }
        }
    }

    void addPair(int[] one, int[] other) {
        add(one);
        int common = CommonBeginnings.length(one, other);
        ofPairs += common < CommonBeginnings.SHORTEST_TOKENS ? 0 : common;
    }

    private static int[] cut(int[] row) {
        return row.length <= TOKENS ? row : Arrays.copyOf(row, TOKENS);
    }

    /** Where a number of rows begins to differ. */
    private record Place(int rows, int end) {}

    CommonBeginnings common() {
        List<int[]> sorted = new ArrayList<>(rows);
        sorted.sort(Arrays::compare);
        Map<Place, Integer> tokens = new LinkedHashMap<>();
        collect(sorted, 0, Math.max(2, (int) Math.ceil(LEAST_SHARE * rows.size())), tokens);
        List<Level> levels = tokens.entrySet().stream()
                .map(level ->
                        new Level((double) level.getKey().rows / rows.size(), level.getKey().end, level.getValue()))
                .sorted(Comparator.comparingDouble((Level level) -> level.share() * level.tokens())
                        .reversed())
                .limit(MOST_LEVELS)
                .toList();
        return new CommonBeginnings(ofPairs, levels);
    }

    /**
     * Adds the tokens that a group of rows has in common, and those of its parts.
     *
     * @param sorted rows that have the first {@code counted} tokens in common, which larger groups have counted
     */
    private static void collect(List<int[]> sorted, int counted, int fewest, Map<Place, Integer> tokens) {
        if (sorted.size() < fewest) {
            return;
        }
        int[] last = sorted.get(sorted.size() - 1);
        int common = CommonBeginnings.length(sorted.get(0), last);
        int now = common < CommonBeginnings.SHORTEST_TOKENS ? counted : common;
        if (now > counted) {
            tokens.merge(new Place(sorted.size(), now), now - counted, Integer::sum);
        }
        int begin = 0;
        // The last row is as long as any that begins with it: if it ends here, all do.
        while (common < last.length && begin < sorted.size()) {
            int end = begin + 1;
            while (end < sorted.size() && tokenAt(sorted.get(end), common) == tokenAt(sorted.get(begin), common)) {
                end++;
            }
            collect(sorted.subList(begin, end), now, fewest, tokens);
            begin = end;
        }
    }

    /** -1 where a row has ended, which sorts before all others. */
    private static int tokenAt(int[] row, int place) {
        return place < row.length ? row[place] : -1;
    }
}
