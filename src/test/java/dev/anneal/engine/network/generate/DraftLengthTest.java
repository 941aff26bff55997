package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.sampling.Sampling;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of draft tokens by the times of steps and by what became of earlier ones. */
class DraftLengthTest {

    private final DraftLength length = DraftLength.measured();
    private final DraftTokens drafts = DraftTokens.of(new Prompt(new int[] {1, 2, 3, 1, 2}, 20, Sampling.GREEDY));

    @BeforeEach
    void find() {
        drafts.add(3);
        drafts.prepare(15, true);
    }

    @Test
    void manyAreReadWhereTheyCostNothingAndAreRight() {
        IntStream.range(0, 30).forEach(step -> drafts.compared(15, 15));
        times(tokens -> 1000);

        assertThat(length.choose(List.of(drafts))).isEqualTo(15);
    }

    /** Twice as many tokens at a time, then what the times promise. */
    @Test
    void moreAreTriedStepByStep() {
        IntStream.range(0, 30).forEach(step -> drafts.compared(15, 15));
        length.note(1, 1000);
        assertThat(length.choose(List.of(drafts))).isEqualTo(1);

        length.note(2, 1010);

        assertThat(length.choose(List.of(drafts))).isEqualTo(15);
    }

    @Test
    void fewAreReadWhereTheyAreOftenWrong() {
        IntStream.range(0, 30).forEach(step -> drafts.compared(7, 1));
        times(tokens -> 1000 + 100L * tokens);

        assertThat(length.choose(List.of(drafts))).isBetween(1, 3);
    }

    @Test
    void noneAreReadWhereAStepTakesAsLongAsItHasTokens() {
        times(tokens -> 1000L * tokens);

        assertThat(length.choose(List.of(drafts))).isZero();
    }

    @Test
    void noneAreReadWhereAllWereWrong() {
        IntStream.range(0, 50).forEach(step -> drafts.compared(3, 0));
        times(tokens -> 1000 + 150L * tokens);

        assertThat(length.choose(List.of(drafts))).isZero();
    }

    @Test
    void theyAreTriedAgainWhenTheTextHasGoneOn() {
        IntStream.range(0, 50).forEach(step -> drafts.compared(3, 0));
        IntStream.range(0, 100).forEach(step -> drafts.compared(0, 0));
        times(tokens -> 1000 + 150L * tokens);

        assertThat(length.choose(List.of(drafts))).isPositive();
    }

    @Test
    void noneAreReadOfSequencesThatKeepTheProcessorBusy() {
        IntStream.range(0, 10).forEach(step -> drafts.compared(3, 1));
        times(tokens -> Math.max(1000, 125L * tokens));

        assertThat(length.choose(List.of(drafts))).isPositive();
        assertThat(length.choose(IntStream.range(0, 16).mapToObj(i -> drafts).toList()))
                .isZero();
    }

    /** Their logits are in memory together. */
    @Test
    void twiceAsManyTokensAsSequencesAreReadAtMost() {
        IntStream.range(0, 30).forEach(step -> drafts.compared(15, 15));
        times(tokens -> 1000);

        assertThat(length.choose(IntStream.range(0, 20).mapToObj(i -> drafts).toList()))
                .isEqualTo(1);
    }

    /** What was measured once or twice, and may have been the first of its kind, is forgotten sooner. */
    @ParameterizedTest
    @CsvSource({"1, 5, 17", "3, 240, 260"})
    void aTimeThatNoStepRenewsIsForgotten(int measured, int stillKnown, int forgotten) {
        IntStream.range(0, 30).forEach(step -> drafts.compared(15, 15));
        for (int time = 0; time < measured; time++) {
            length.note(1, 1000);
            List.of(2, 3, 4, 6, 8, 16).forEach(tokens -> length.note(tokens, 1_000_000));
        }

        for (int step = 1; step <= forgotten; step++) {
            int chosen = length.choose(List.of(drafts));
            length.note(1, 1000);
            if (step <= stillKnown) {
                assertThat(chosen).as("step %d", step).isZero();
            }
        }

        assertThat(length.choose(List.of(drafts))).isPositive();
    }

    @Test
    void aSequenceWithoutDraftTokensHasNone() {
        assertThat(DraftLength.none().choose(List.of(drafts))).isZero();
        drafts.prepare(0, true);
        assertThat(length.choose(List.of(drafts))).isZero();
    }

    private void times(IntToLongFunction nanos) {
        IntStream.of(1, 2, 4, 8, 16, 32, 64, 128, 256)
                .forEach(tokens -> length.note(tokens, nanos.applyAsLong(tokens)));
    }
}
