package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** Steps whose time is a function of the threads that share their operators. */
class OperatorSharingTest {

    private static final int THREADS = 4;

    private final List<Integer> used = new ArrayList<>();
    private long now;
    private final OperatorSharing sharing = new OperatorSharing(THREADS, true, used::add, () -> now);

    @Test
    void threadsShareWhereThatIsFasterAndTheOtherWayIsTriedSeldom() {
        run(2_000, 8, threads -> threads == 1 ? 60 : 40);

        assertThat(used.subList(0, 16)).containsOnly(THREADS);
        assertThat(used).filteredOn(threads -> threads == 1).hasSizeBetween(10, 20);
    }

    @Test
    void oneThreadGoesOnAloneWhereOthersWantTheCores() {
        run(500, 8, threads -> threads == 1 ? 60 : 270);

        assertThat(used.subList(20, used.size()))
                .filteredOn(threads -> threads != 1)
                .hasSizeBetween(4, 16);
    }

    @Test
    void whatHasChangedIsSeen() {
        run(3_000, 8, threads -> threads == 1 ? 60 : 270);
        used.clear();
        run(600, 8, threads -> threads == 1 ? 60 : 40);

        assertThat(used.subList(0, 100)).contains(1);
        assertThat(used.subList(used.size() - 50, used.size()))
                .filteredOn(threads -> threads == 1)
                .hasSizeLessThan(5);
    }

    @Test
    void aSmallDifferenceChangesNothing() {
        run(200, 8, threads -> threads == 1 ? 57 : 60);

        assertThat(used.subList(used.size() - 10, used.size())).containsOnly(THREADS);
    }

    @Test
    void stepsOfOtherNumbersOfSequencesAreNotCompared() {
        for (int step = 0; step < 200; step++) {
            int rows = 200 - step;
            sharing.step(rows, () -> now += last() == 1 ? 1 : rows);
        }

        assertThat(used.subList(used.size() - 10, used.size())).contains(THREADS);
        assertThat(used).filteredOn(threads -> threads == 1).hasSizeLessThan(30);
    }

    @Test
    void oneThreadHasNothingToTry() {
        OperatorSharing alone = new OperatorSharing(1, true, used::add, () -> now);
        alone.begin();
        for (int step = 0; step < 100; step++) {
            alone.step(8, () -> now += 10);
        }

        assertThat(used).containsExactly(1);
    }

    @Test
    void whereBitsWouldBeOthersThreadsAlwaysShare() {
        OperatorSharing fixed = new OperatorSharing(THREADS, false, used::add, () -> now);
        fixed.begin();
        for (int step = 0; step < 100; step++) {
            fixed.step(8, () -> now += 10);
        }

        assertThat(used).containsExactly(THREADS);
    }

    private void run(int steps, int rows, IntToLongFunction nanos) {
        for (int step = 0; step < steps; step++) {
            sharing.step(rows, () -> now += nanos.applyAsLong(last()));
        }
    }

    private int last() {
        return used.get(used.size() - 1);
    }
}
