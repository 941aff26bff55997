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
 * Packs rows into sequences of a maximum length by best fit, longest rows first, like TRL's {@code bfd}. Depends only
 * on the lengths. Rows of a sequence do not attend to each other: packing only changes the number of rows of a batch,
 * and makes batches about equal in size.
 */
public final class Packing {

    private Packing() {}

    /** Every row separately. */
    public static List<List<Integer>> none(int rows) {
        return IntStream.range(0, rows).mapToObj(List::of).toList();
    }

    /**
     * Packs rows.
     *
     * @param lengths tokens of each row
     * @param longest maximum length of a packed sequence; a longer row gets its own
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
