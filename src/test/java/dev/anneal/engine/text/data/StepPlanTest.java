package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The order of rows is a function of seed and epoch, complete, and the same wherever a job starts. */
class StepPlanTest {

    @Property(tries = 200)
    void everyEpochVisitsEachRowOnce(
            @ForAll @IntRange(min = 1, max = 300) int rows,
            @ForAll @IntRange(min = 1, max = 40) int stepRows,
            @ForAll long seed) {
        StepPlan plan = new StepPlan(rows, stepRows, 3 * StepPlan.stepsPerEpoch(rows, stepRows), seed);
        for (int epoch = 0; epoch < 3; epoch++) {
            int first = epoch * plan.stepsPerEpoch();
            assertThat(IntStream.range(first, first + plan.stepsPerEpoch())
                            .flatMap(step -> Arrays.stream(plan.rowsOf(step)))
                            .sorted())
                    .containsExactlyElementsOf(IntStream.range(0, rows).boxed().toList());
        }
    }

    @Test
    void lastStepOfAnEpochHoldsWhatIsLeft() {
        StepPlan plan = new StepPlan(10, 4, 6, 1);
        assertThat(IntStream.range(0, 6).map(step -> plan.rowsOf(step).length)).containsExactly(4, 4, 2, 4, 4, 2);
        assertThat(IntStream.range(0, 6).map(plan::epochOf)).containsExactly(0, 0, 0, 1, 1, 1);
    }

    @Test
    void anyStepCanBeAskedForWithoutTheEarlierOnes() {
        StepPlan inOrder = new StepPlan(100, 7, 60, 42);
        int[][] expected = IntStream.range(0, 60).mapToObj(inOrder::rowsOf).toArray(int[][]::new);
        for (int step : new int[] {59, 0, 31, 14, 15, 30}) {
            assertThat(new StepPlan(100, 7, 60, 42).rowsOf(step)).isEqualTo(expected[step]);
        }
    }

    /** Computed by a separate implementation in Python. Changing the order would break resumption across releases. */
    @Test
    void orderOfKnownSeedStaysTheSame() {
        assertThat(new StepPlan(10, 10, 2, 0).rowsOf(0)).containsExactly(6, 7, 9, 0, 8, 4, 2, 3, 1, 5);
        assertThat(new StepPlan(10, 10, 2, 0).rowsOf(1)).containsExactly(2, 5, 7, 1, 0, 4, 3, 9, 6, 8);
    }

    @Test
    void epochsAndSeedsHaveOrdersOfTheirOwn() {
        StepPlan plan = new StepPlan(1000, 1000, 2, 7);
        assertThat(plan.rowsOf(0)).isNotEqualTo(plan.rowsOf(1));
        assertThat(plan.rowsOf(0)).isNotEqualTo(new StepPlan(1000, 1000, 2, 8).rowsOf(0));
    }

    /** 4,000 seeds shuffle 5 rows: each row is expected 800 times in each place; six standard deviations are 152. */
    @Test
    void everyRowComesToEveryPlaceEquallyOften() {
        int[][] seen = new int[5][5];
        for (int seed = 0; seed < 4000; seed++) {
            int[] order = new StepPlan(5, 5, 1, seed).rowsOf(0);
            IntStream.range(0, 5).forEach(place -> seen[order[place]][place]++);
        }
        assertThat(Arrays.stream(seen).flatMapToInt(Arrays::stream)).allMatch(count -> Math.abs(count - 800) < 152);
    }

    @Test
    void stepsAreCountedPerEpoch() {
        assertThat(StepPlan.stepsPerEpoch(10, 4)).isEqualTo(3);
        assertThat(StepPlan.stepsPerEpoch(800, 16)).isEqualTo(50);
        assertThat(StepPlan.stepsPerEpoch(1, 256)).isEqualTo(1);
    }

    @Test
    void impossiblePlansAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StepPlan(0, 1, 1, 0))
                .withMessage("rows must be at least 1 but is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StepPlan(10, 2, 5, 0).rowsOf(5))
                .withMessage("step 5 is not within 0..4");
    }
}
