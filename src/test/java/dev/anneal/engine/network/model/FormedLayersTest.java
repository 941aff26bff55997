package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Buffers hold a layer as long as it is borrowed, and are few. */
class FormedLayersTest {

    private final TensorScope scope = TensorScope.open(TestDevice.NAME);
    private final Counting source = new Counting();
    private final FormedLayers layers = new FormedLayers(scope, source);

    @AfterEach
    void close() {
        scope.close();
    }

    /** Each layer's only weight is its number. */
    private static final class Counting implements FormedLayers.Source {
        private final List<Integer> filled = Collections.synchronizedList(new ArrayList<>());
        private int buffers;
        private boolean fails;

        @Override
        public List<Tensor> newMatrices(TensorScope owner) {
            buffers++;
            return List.of(owner.zeros(ElementType.FLOAT32, 1));
        }

        @Override
        public void fill(TensorScope passing, int layer, List<Tensor> matrices) {
            if (fails) {
                throw new IllegalStateException("no memory");
            }
            filled.add(layer);
            try (Tensor value = passing.floats(new float[] {layer}, 1)) {
                matrices.get(0).overwrite(0, value.toBytes());
            }
        }

        @Override
        public List<Tensor> weights(int layer, List<Tensor> matrices) {
            return matrices;
        }
    }

    @Test
    void oneBorrowerAtATimeNeedsOneBuffer() {
        for (int layer : new int[] {0, 1, 2, 2, 1, 1, 0}) {
            try (FrozenLayers.Loan lent = layers.lend(layer)) {
                assertThat(value(lent)).isEqualTo(layer);
            }
        }
        assertThat(source.buffers).isEqualTo(1);
        assertThat(source.filled).containsExactly(0, 1, 2, 1, 0);
    }

    @Test
    void borrowersOfOneLayerShareItsBuffer() {
        try (FrozenLayers.Loan first = layers.lend(3);
                FrozenLayers.Loan second = layers.lend(3)) {
            assertThat(second.weights()).isEqualTo(first.weights());
        }
        assertThat(source.filled).containsExactly(3);
    }

    @Test
    void severalBorrowersHaveASpareBuffer() {
        try (FrozenLayers.Loan first = layers.lend(1)) {
            for (int layer : new int[] {2, 3, 2, 3}) {
                layers.lend(layer).close();
            }
            assertThat(value(first)).isEqualTo(1);
        }
        assertThat(source.buffers).isEqualTo(3);
        assertThat(source.filled).containsExactly(1, 2, 3);
    }

    @Test
    void aLayerThatCouldNotBeMadeIsMadeAgain() {
        source.fails = true;
        assertThatThrownBy(() -> layers.lend(4)).hasMessage("no memory");
        source.fails = false;

        try (FrozenLayers.Loan lent = layers.lend(4)) {
            assertThat(value(lent)).isEqualTo(4);
        }
        assertThat(source.buffers).isEqualTo(1);
    }

    @Test
    void onlyResidentLayersAreLentSeveralAtATime() {
        assertThatThrownBy(() -> layers.lend(0, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void threadsNeverSeeAnotherLayer() throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(4);
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            int offset = number;
            threads.add(new Thread(() -> walk(start, offset, failures)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(source.buffers).isLessThanOrEqualTo(5);
    }

    private void walk(CyclicBarrier start, int offset, List<Throwable> failures) {
        try {
            start.await();
            for (int i = 0; i < 200; i++) {
                int layer = (i * (1 + offset) + offset) % 7;
                try (FrozenLayers.Loan lent = layers.lend(layer)) {
                    assertThat(value(lent)).isEqualTo(layer);
                }
            }
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
    }

    private static int value(FrozenLayers.Loan lent) {
        return (int) lent.weights().get(0).toFloats()[0];
    }
}
