package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.model.MatrixPacking;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pairs that are read in parts, several sequences at a time, give the logits that the first step of a training pass
 * gives.
 */
class EagleDrafterTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void readingInPartsIsReadingAtOnce(long seed) throws IOException {
        // fp32 on both sides, with sums in another order; the logits are of the size 10.
        assertThat(largestDifference(ElementType.FLOAT32, seed, EagleDrafter::new))
                .isLessThan(TestDevice.tolerance(2e-5));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aHeadWithOneUseIsInMemoryOnce(long seed) throws IOException {
        try (RandomHead own = new RandomHead(folder, ElementType.BFLOAT16, new Random(seed), 12);
                TensorScope scope = own.target.scope().child()) {
            EagleProgram program = own.head.program();
            Tensor fc = program.weights().fc();
            boolean packs = MatrixPacking.ifPossible(
                            ElementType.BFLOAT16,
                            TestDevice.NAME,
                            () -> program.decoder().packed(scope, fc))
                    .isPresent();
            try (EagleDrafter drafter = EagleDrafter.onlyUseOf(own.head, own.head.noAdapter())) {
                assertThat(drafter.config()).isEqualTo(own.head.config());
                if (packs) {
                    assertThatThrownBy(() -> fc.to(scope, ElementType.FLOAT32)).isInstanceOf(RuntimeException.class);
                } else {
                    fc.to(scope, ElementType.FLOAT32).close();
                }
            }
        }
        assertThat(largestDifference(ElementType.BFLOAT16, seed, EagleDrafter::onlyUseOf))
                .isEqualTo(largestDifference(ElementType.BFLOAT16, seed, EagleDrafter::new));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void inBf16TheyDifferByItsRounding(long seed) throws IOException {
        assertThat(largestDifference(ElementType.BFLOAT16, seed, EagleDrafter::new))
                .isLessThan(0.25);
    }

    private double largestDifference(
            ElementType precision, long seed, BiFunction<EagleHead, AppliedAdapter, EagleDrafter> drafting)
            throws IOException {
        Random random = new Random(seed);
        try (RandomHead own = new RandomHead(folder, precision, random, 12);
                TensorScope scope = own.target.scope().child()) {
            List<int[]> rows = IntStream.range(0, 3)
                    .mapToObj(row -> random.ints(12, 0, own.target.config().vocabularySize())
                            .toArray())
                    .toList();
            EagleInput input = own.input(scope, rows, random);
            float[] expected = expected(own, scope, input, own.head.noAdapter());
            try (EagleDrafter drafter = drafting.apply(own.head, own.head.noAdapter())) {
                return largestDifference(own, scope, rows, input, expected, drafter);
            }
        }
    }

    private static double largestDifference(
            RandomHead own,
            TensorScope scope,
            List<int[]> rows,
            EagleInput input,
            float[] expected,
            EagleDrafter drafter) {
        try (KeyValueCache cache = drafter.newCache(scope, 3, 20)) {
            HiddenStates states = own.states(scope, input.rows());
            List<Tensor> read = new ArrayList<>();
            int begin = 0;
            for (int tokens : List.of(6, 1, 3, 1)) {
                Tensor before = drafter.statesAt(scope, states, before(begin, tokens));
                read.add(drafter.readVerified(scope, after(rows, begin, tokens), before, cache, 0, begin > 0));
                begin += tokens;
            }
            int width = expected.length / 36;
            double largest = 0;
            int from = 0;
            for (Tensor part : read) {
                int tokens = (int) part.shape()[0] / 3;
                float[] logits = drafter.logits(
                                scope, part, LongStream.range(0, 3L * tokens).toArray())
                        .toFloats();
                for (int row = 0; row < 3; row++) {
                    int first = (row * 12 + from) * width;
                    largest = Math.max(
                            largest,
                            GoldenTensors.largestDifference(
                                    Arrays.copyOfRange(logits, row * tokens * width, (row + 1) * tokens * width),
                                    Arrays.copyOfRange(expected, first, first + tokens * width)));
                }
                from += tokens;
            }
            return largest;
        }
    }

    /** Of each row the tokens that are paired with the states of {@code begin} and those after it. */
    private static List<int[]> after(List<int[]> rows, int begin, int tokens) {
        return rows.stream()
                .map(row -> Arrays.copyOfRange(row, begin + 1, begin + 1 + tokens))
                .toList();
    }

    private static long[] before(int begin, int tokens) {
        return IntStream.range(0, 3)
                .boxed()
                .flatMapToLong(row -> LongStream.range(row * 12L + begin, row * 12L + begin + tokens))
                .toArray();
    }

    private static float[] expected(RandomHead own, TensorScope scope, EagleInput input, AppliedAdapter adapter) {
        try (EaglePass pass = new EaglePass(scope, own.head, own.teacher, input, adapter)) {
            pass.forward(1);
            return own.head.program().logits(scope, pass.output(0)).toFloats();
        }
    }
}
