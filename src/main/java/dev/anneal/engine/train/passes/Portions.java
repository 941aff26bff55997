package dev.anneal.engine.train.passes;

import dev.anneal.engine.text.data.EncodedRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Deals the rows of a step to portions with about equal numbers of tokens, each of which one rank computes. */
final class Portions {

    private Portions() {}

    /**
     * @param together number of consecutive rows that stay in one portion; must divide the number of rows
     * @param count number of portions; some are empty if there are too few rows
     * @return row numbers of each portion, in order
     */
    static List<List<Integer>> of(List<EncodedRow> rows, int together, int count) {
        if (count == 1) {
            return List.of(IntStream.range(0, rows.size()).boxed().toList());
        }
        long[] tokens = new long[count];
        List<List<Integer>> portions = new ArrayList<>();
        for (int portion = 0; portion < count; portion++) {
            portions.add(new ArrayList<>());
        }
        for (List<Integer> unit : longestFirst(rows, together)) {
            int least = IntStream.range(0, count)
                    .boxed()
                    .min(Comparator.comparingLong(portion -> tokens[portion]))
                    .orElseThrow();
            portions.get(least).addAll(unit);
            tokens[least] += tokens(rows, unit);
        }
        portions.forEach(portion -> portion.sort(Comparator.naturalOrder()));
        return portions;
    }

    private static List<List<Integer>> longestFirst(List<EncodedRow> rows, int together) {
        List<List<Integer>> units = new ArrayList<>();
        for (int first = 0; first < rows.size(); first += together) {
            units.add(IntStream.range(first, first + together).boxed().toList());
        }
        units.sort(Comparator.comparingLong((List<Integer> unit) -> -tokens(rows, unit)));
        return units;
    }

    private static long tokens(List<EncodedRow> rows, List<Integer> some) {
        return some.stream().mapToLong(row -> rows.get(row).length()).sum();
    }
}
