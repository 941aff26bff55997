package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which rows share a packed sequence. */
class PackingTest {

    @Test
    void aRowGoesWhereItFitsBest() {
        assertThat(Packing.of(new int[] {3, 7, 5, 2, 1}, 10)).containsExactly(List.of(0, 1), List.of(2, 3, 4));
    }

    @Test
    void aRowThatIsTooLongIsAlone() {
        assertThat(Packing.of(new int[] {4, 12, 4}, 10)).containsExactly(List.of(0, 2), List.of(1));
    }

    @Test
    void everyRowIsInOneSequenceAndNoneIsOverfull() {
        int[] lengths = new Random(3).ints(1000, 1, 200).toArray();

        List<List<Integer>> sequences = Packing.of(lengths, 256);

        assertThat(sequences.stream().flatMap(List::stream).sorted().toList())
                .isEqualTo(IntStream.range(0, 1000).boxed().toList());
        assertThat(sequences)
                .allMatch(sequence ->
                        sequence.stream().mapToInt(row -> lengths[row]).sum() <= 256);
        int tokens = IntStream.of(lengths).sum();
        assertThat(sequences.size()).isLessThanOrEqualTo(tokens / 256 + tokens / 2560 + 1);
    }
}
