package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of a target is not computed again, and it takes no more memory than it may. */
class HiddenStateCacheTest {

    private static final int WIDTH = 3;

    /** Two states of a token. */
    private static final int TOKEN_BYTES = 2 * WIDTH * Float.BYTES;

    private static final int[] THREE = {5, 6, 7};
    private static final int[] TWO = {8, 9};
    private static final int[] FOUR = {1, 2, 3, 4};

    /** Tokens of each pass of the target. */
    private final List<List<Long>> passes = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // set before each test
    private RandomHead random;

    @BeforeEach
    void load(@TempDir Path folder) throws IOException {
        random = new RandomHead(folder, ElementType.FLOAT32, new Random(1), 20);
    }

    @AfterEach
    void close() {
        random.close();
    }

    @Test
    void aRowIsComputedOnceWhateverRowsItComesWith() {
        try (HiddenStateCache cache = new HiddenStateCache(random.head, 1 << 20)) {
            read(cache, THREE, TWO);
            read(cache, FOUR, TWO, THREE);
            read(cache, TWO.clone(), FOUR);
        }

        assertThat(passes).containsExactly(List.of(5L, 6L, 7L, 8L, 9L), List.of(1L, 2L, 3L, 4L));
    }

    @Test
    void rowsBeyondTheBudgetAreComputedEachTime() {
        try (HiddenStateCache cache = new HiddenStateCache(random.head, 5 * TOKEN_BYTES)) {
            read(cache, FOUR, TWO);
            passes.clear();

            read(cache, TWO, FOUR, THREE);
            read(cache, FOUR, TWO);
        }

        assertThat(passes).containsExactly(List.of(8L, 9L, 5L, 6L, 7L), List.of(8L, 9L));
    }

    /** A copy of what is not kept would take memory that nobody has granted. */
    @Test
    void whatTheTargetComputedIsNotCopied() {
        try (HiddenStateCache cache = new HiddenStateCache(random.head, TOKEN_BYTES);
                TensorScope scope = random.head.scope().child()) {
            List<Tensor> computed = new ArrayList<>();

            List<Tensor> read = cache.of(scope, List.of(THREE, TWO), (owner, rows) -> {
                computed.addAll(compute(owner, rows));
                return computed;
            });

            assertThat(read).isSameAs(computed);
        }
    }

    @Test
    void nothingIsKeptWithoutABudget() {
        try (HiddenStateCache cache = new HiddenStateCache(random.head, 0)) {
            read(cache, TWO);
            read(cache, TWO);
        }

        assertThat(passes).containsExactly(List.of(8L, 9L), List.of(8L, 9L));
    }

    @Test
    void nothingIsKeptOfAPassThatEnded() {
        try (HiddenStateCache cache = new HiddenStateCache(random.head, 1 << 20);
                TensorScope scope = random.head.scope().child()) {
            read(cache, TWO, THREE);
            int held = random.head.scope().held();

            read(cache, TWO, THREE);

            assertThat(random.head.scope().held()).isEqualTo(held);
            assertThat(scope.held()).isZero();
        }
    }

    private void read(HiddenStateCache cache, int[]... rows) {
        try (TensorScope scope = random.head.scope().child()) {
            List<Tensor> read = cache.of(scope, List.of(rows), this::compute);

            long[] ids = TokenRows.of(List.of(rows)).ids();
            assertThat(read).hasSize(2);
            assertThat(read.get(0).toFloats()).isEqualTo(states(ids, 0));
            assertThat(read.get(1).toFloats()).isEqualTo(states(ids, 100));
            assertThat(read.get(1).shape()).containsExactly(ids.length, WIDTH);
        }
    }

    private List<Tensor> compute(TensorScope scope, TokenRows rows) {
        passes.add(Arrays.stream(rows.ids()).boxed().toList());
        return List.of(
                scope.floats(states(rows.ids(), 0), rows.tokens(), WIDTH),
                scope.floats(states(rows.ids(), 100), rows.tokens(), WIDTH));
    }

    private static float[] states(long[] ids, int first) {
        float[] states = new float[ids.length * WIDTH];
        for (int i = 0; i < states.length; i++) {
            states[i] = first + ids[i / WIDTH] + i % WIDTH / 4F;
        }
        return states;
    }
}
