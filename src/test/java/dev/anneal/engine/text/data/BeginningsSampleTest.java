package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.text.data.CommonBeginnings.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What rows begin with alike, and how much of it meets in a step, against a count of drawn steps. */
class BeginningsSampleTest {

    private final BeginningsSample sample = new BeginningsSample();

    @Test
    void theSystemPromptOfAllRowsAndThoseOfPartsAreLevels() {
        for (int i = 0; i < 8; i++) {
            sample.add(row(100, 30, 200 + i % 2, 20, 1000 + i, 5));
        }

        assertThat(sample.common())
                .isEqualTo(new CommonBeginnings(0, List.of(new Level(1, 30, 30), new Level(0.5, 50, 40))));
    }

    @Test
    void shortBeginningsAreNotShared() {
        sample.add(row(100, 15, 200, 20));
        sample.add(row(100, 15, 300, 20));

        assertThat(sample.common().ofStep(2, 1, 128)).isZero();
    }

    /** A short one is shared as the beginning of a longer one. */
    @Test
    void aLongerBeginningCountsFromItsFirstToken() {
        sample.add(row(100, 10, 200, 10, 1, 3));
        sample.add(row(100, 10, 200, 10, 2, 3));
        sample.add(row(100, 10, 300, 10, 3, 3));
        sample.add(row(100, 10, 300, 10, 4, 3));

        assertThat(sample.common().levels()).containsExactly(new Level(0.5, 20, 40));
    }

    @Test
    void bothConversationsOfPairsShareTheirPrompts() {
        sample.addPair(row(100, 40, 1, 5), row(100, 40, 2, 5));
        sample.addPair(row(200, 50, 1, 5), row(200, 50, 2, 5));
        sample.addPair(row(1, 5), row(2, 5));

        assertThat(sample.common().ofPairs()).isEqualTo(90);
    }

    @Test
    void rowsThatAreEqualShareAll() {
        IntStream.range(0, 4).forEach(i -> sample.add(row(100, 30)));

        assertThat(sample.common().ofStep(4, 1, 128)).isEqualTo(3 * 30, within(1e-9));
    }

    /** Of eight rows in four micro-batches a short beginning is computed four times, a long one once. */
    @Test
    void shortBeginningsAreComputedInEachMicroBatch() {
        CommonBeginnings beginnings = new CommonBeginnings(0, List.of(new Level(1, 100, 100), new Level(1, 200, 50)));

        assertThat(beginnings.ofStep(8, 4, 128)).isEqualTo(4 * 100 + 7 * 50, within(1e-9));
    }

    @Test
    void anEmptyFileHasNone() {
        assertThat(sample.common()).isEqualTo(CommonBeginnings.NONE);
    }

    /** 5,000 rows with three system prompts of different shares, two of which begin alike; steps of 8. */
    @Test
    void drawnStepsShareAsManyTokensAsExpected() {
        Random random = new Random(4);
        List<int[]> rows = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            int kind = random.nextInt(10);
            int[] beginning = kind < 5 ? row(1, 40, 2, 60) : kind < 8 ? row(1, 40, 3, 30) : row(4, 90);
            int[] own = random.ints(20, 1000, 9000).toArray();
            rows.add(
                    IntStream.concat(IntStream.of(beginning), IntStream.of(own)).toArray());
        }
        rows.forEach(sample::add);

        double shared = 0;
        int steps = 4000;
        for (int step = 0; step < steps; step++) {
            shared += shared(random.ints(8, 0, rows.size()).mapToObj(rows::get).toList());
        }

        assertThat(sample.common().ofStep(8, 1, 128)).isCloseTo(shared / steps, within(0.05 * shared / steps));
    }

    private static int shared(List<int[]> rows) {
        Set<List<Integer>> computed = new HashSet<>();
        int tokens = 0;
        for (int[] row : rows) {
            List<Integer> ids = IntStream.of(row).boxed().toList();
            for (int length = 1; length <= ids.size(); length++) {
                computed.add(ids.subList(0, length));
            }
            tokens += row.length;
        }
        return tokens - computed.size();
    }

    /** @param runs each a token and how often it follows */
    private static int[] row(int... runs) {
        return IntStream.range(0, runs.length / 2)
                .flatMap(run -> IntStream.generate(() -> runs[2 * run]).limit(runs[2 * run + 1]))
                .toArray();
    }
}
