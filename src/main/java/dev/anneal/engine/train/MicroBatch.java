package dev.anneal.engine.train;

import dev.anneal.engine.math.random.SplitMix64;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.Targets;
import dev.anneal.engine.network.model.TokenRows;
import dev.anneal.engine.text.data.EncodedRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Rows that one thread computes at a time.
 *
 * @param rowsOfStep position of each row within its step, which keys its dropout
 */
record MicroBatch(TokenRows rows, Targets targets, List<Integer> rowsOfStep) {

    MicroBatch {
        rowsOfStep = List.copyOf(rowsOfStep);
    }

    /** Splits independent rows, as {@link #split(List, int, boolean, DeviceLimits)} does. */
    static List<MicroBatch> split(List<EncodedRow> rows, DeviceLimits limits) {
        return split(rows, 1, false, limits);
    }

    /**
     * Splits rows into micro-batches of about equal tokens, an even number if there are several, and puts the one with the most tokens
     * first: threads that take them in this order end at about the same time. Depends on the rows and the kind of device, but not on the
     * number of threads, so that sums are formed in the same order everywhere. Units without a trained token are left out.
     *
     * @param unit number of consecutive rows that stay in one micro-batch, in order; must divide the number of rows
     * @param sharing whether rows with the same prompt share it; impossible with dropout, which differs from row to row
     */
    static List<MicroBatch> split(List<EncodedRow> rows, int unit, boolean sharing, DeviceLimits limits) {
        List<Unit> longestFirst = units(rows, unit, sharing, limits.microBatchTokens());
        int tokens = longestFirst.stream().mapToInt(Unit::tokens).sum();
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
                .map(bin -> bin.toMicroBatch(rows, sharing))
                .toList();
    }

    /** Units with a trained token. Neighbours with the same prompt are joined up to the target size of a micro-batch. */
    private static List<Unit> units(List<EncodedRow> rows, int unit, boolean sharing, int aimedTokens) {
        List<Unit> units = new ArrayList<>();
        for (int first = 0; first < rows.size(); first += unit) {
            Unit next =
                    Unit.of(rows, IntStream.range(first, first + unit).boxed().toList(), sharing);
            if (next.rows().stream().noneMatch(row -> rows.get(row).trainedTokens() > 0)) {
                continue;
            }
            int last = units.size() - 1;
            boolean joins = sharing
                    && last >= 0
                    && units.get(last).tokens() < aimedTokens
                    && SharedPrompts.haveSamePrompt(rows.get(units.get(last).last()), rows.get(first));
            if (joins) {
                units.set(last, Unit.of(rows, units.get(last).with(next), true));
            } else {
                units.add(next);
            }
        }
        return units;
    }

    /** The same rows with logits divided by the temperature at which their tokens were sampled. */
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
                rowsOfStep.stream().map(row -> SplitMix64.key(seed, step, row)).toList());
    }

    /**
     * Rows that stay together.
     *
     * @param rows their positions within the step
     * @param tokens of all rows; shared ones are counted once
     */
    private record Unit(List<Integer> rows, int tokens) {

        static Unit of(List<EncodedRow> all, List<Integer> rows, boolean sharing) {
            List<EncodedRow> own = rows.stream().map(all::get).toList();
            int tokens = own.stream().mapToInt(EncodedRow::length).sum();
            return new Unit(rows, sharing ? tokens - SharedPrompts.savedTokens(own) : tokens);
        }

        List<Integer> with(Unit other) {
            return Stream.concat(rows.stream(), other.rows.stream()).toList();
        }

        int first() {
            return rows.get(0);
        }

        int last() {
            return rows.get(rows.size() - 1);
        }
    }

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

        MicroBatch toMicroBatch(List<EncodedRow> all, boolean sharing) {
            List<Integer> inOrder = units.stream()
                    .sorted(Comparator.comparingInt(Unit::first))
                    .flatMap(unit -> unit.rows().stream())
                    .toList();
            List<EncodedRow> own = inOrder.stream().map(all::get).toList();
            List<int[]> ids = own.stream().map(EncodedRow::ids).toList();
            TokenRows tokenRows = sharing ? TokenRows.sharing(ids, SharedPrompts.of(own)) : TokenRows.of(ids);
            List<int[]> labels = own.stream().map(EncodedRow::labels).toList();
            return new MicroBatch(tokenRows, Targets.of(tokenRows, labels, EncodedRow.NOT_TRAINED), inOrder);
        }
    }
}
