package dev.anneal.engine.text.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Rows put together into packed sequences of at most so many tokens, by best fit, longest rows first, as TRL's {@code bfd} does. A function of the lengths alone.
 * The rows of a sequence still do not see each other: what packing changes is how many rows a batch holds, and that batches are of about equal size.
 */
public final class Packing {

    private Packing() {}

    /** Every row for itself. */
    public static List<List<Integer>> none(int rows) {
        return IntStream.range(0, rows).mapToObj(List::of).toList();
    }

    /**
     * Packs rows.
     *
     * @param lengths tokens of each row
     * @param longest tokens of a packed sequence at most; a row that is longer gets one of its own
     * @return indices of the rows of each sequence, ascending; sequences in the order of their first row
     */
    public static List<List<Integer>> of(int[] lengths, int longest) {
        List<Integer> longestFirst = IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingInt(row -> -lengths[row]))
                .toList();
        List<List<Integer>> sequences = new ArrayList<>();
        TreeMap<Integer, Deque<List<Integer>>> byRoom = new TreeMap<>();
        for (int row : longestFirst) {
            Map.Entry<Integer, Deque<List<Integer>>> fitting = byRoom.ceilingEntry(lengths[row]);
            List<Integer> sequence;
            int room;
            if (fitting == null) {
                sequence = new ArrayList<>();
                sequences.add(sequence);
                room = longest;
            } else {
                sequence = fitting.getValue().remove();
                room = fitting.getKey();
                if (fitting.getValue().isEmpty()) {
                    byRoom.remove(room);
                }
            }
            sequence.add(row);
            byRoom.computeIfAbsent(room - lengths[row], left -> new ArrayDeque<>())
                    .add(sequence);
        }
        sequences.forEach(sequence -> sequence.sort(Comparator.naturalOrder()));
        sequences.sort(Comparator.comparing(sequence -> sequence.get(0)));
        return sequences;
    }
}
