package dev.anneal.engine.train;

import dev.anneal.engine.architecture.DeviceLimits;
import dev.anneal.engine.data.EncodedRow;
import dev.anneal.engine.model.AdapterDropout;
import dev.anneal.engine.model.Targets;
import dev.anneal.engine.model.TokenRows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Rows that are computed at one time, by one thread.
 *
 * @param rowsOfStep position of each row within its step, which keys its dropout
 */
record MicroBatch(TokenRows rows, Targets targets, List<Integer> rowsOfStep) {

    MicroBatch {
        rowsOfStep = List.copyOf(rowsOfStep);
    }

    /** Splits rows that need no other, as {@link #split(List, int, DeviceLimits)} does. */
    static List<MicroBatch> split(List<EncodedRow> rows, DeviceLimits limits) {
        return split(rows, 1, limits);
    }

    /**
     * Splits rows into micro-batches of about equal tokens, an even number where there are several, and puts the one with the most tokens first: threads
     * that take them in this order end at about the same time. A function of the rows' lengths and of the kind of device, never of the number of threads,
     * so that sums are formed in the same order everywhere. Units without a trained token are left out.
     *
     * @param unit rows beside each other that stay in one micro-batch, in their order; it divides their number
     */
    static List<MicroBatch> split(List<EncodedRow> rows, int unit, DeviceLimits limits) {
        List<Unit> longestFirst = new ArrayList<>();
        int tokens = 0;
        for (int first = 0; first < rows.size(); first += unit) {
            List<EncodedRow> own = rows.subList(first, first + unit);
            if (own.stream().anyMatch(row -> row.trainedTokens() > 0)) {
                Unit found = new Unit(
                        first, own.stream().mapToInt(EncodedRow::length).sum());
                longestFirst.add(found);
                tokens += found.tokens();
            }
        }
        longestFirst.sort(Comparator.comparingInt(found -> -found.tokens()));
        List<Bin> bins = new ArrayList<>();
        for (int number = 0; number < limits.microBatches(tokens, longestFirst.size()); number++) {
            bins.add(new Bin(number));
        }
        PriorityQueue<Bin> emptiestFirst = new PriorityQueue<>(bins);
        for (Unit next : longestFirst) {
            Bin emptiest = emptiestFirst.remove();
            emptiest.add(next);
            emptiestFirst.add(emptiest);
        }
        return bins.stream()
                .sorted(Comparator.comparingInt(bin -> -bin.tokens))
                .map(bin -> bin.toMicroBatch(rows, unit))
                .toList();
    }

    /** These rows, whose tokens were sampled at a temperature. */
    MicroBatch at(double temperature) {
        return new MicroBatch(rows, targets.at(temperature), rowsOfStep);
    }

    /** Dropout of these rows in a step of a job. */
    AdapterDropout dropout(double probability, long seed, int step) {
        if (probability == 0) {
            return AdapterDropout.NONE;
        }
        return new AdapterDropout(
                probability,
                rowsOfStep.stream()
                        .map(row -> AdapterDropout.key(seed, step, row))
                        .toList());
    }

    /** Rows that stay together, the first of them by its place. */
    private record Unit(int first, int tokens) {}

    /** A micro-batch that is being filled. */
    private static final class Bin implements Comparable<Bin> {
        private final int number;
        private final List<Unit> units = new ArrayList<>();
        private int tokens;

        Bin(int number) {
            this.number = number;
        }

        @Override
        public int compareTo(Bin other) {
            return tokens == other.tokens
                    ? Integer.compare(number, other.number)
                    : Integer.compare(tokens, other.tokens);
        }

        void add(Unit unit) {
            units.add(unit);
            tokens += unit.tokens();
        }

        MicroBatch toMicroBatch(List<EncodedRow> all, int unit) {
            List<Integer> inOrder = units.stream()
                    .map(Unit::first)
                    .sorted()
                    .flatMap(first -> IntStream.range(first, first + unit).boxed())
                    .toList();
            TokenRows tokenRows =
                    TokenRows.of(inOrder.stream().map(row -> all.get(row).ids()).toList());
            List<int[]> labels =
                    inOrder.stream().map(row -> all.get(row).labels()).toList();
            return new MicroBatch(tokenRows, Targets.of(tokenRows, labels, EncodedRow.NOT_TRAINED), inOrder);
        }
    }
}
