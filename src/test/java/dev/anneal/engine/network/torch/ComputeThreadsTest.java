package dev.anneal.engine.network.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Pieces are computed side by side and handed over in their order; a failure ends the call and no thread is left
 * computing.
 */
class ComputeThreadsTest {

    @Test
    void piecesAreHandedOverInOrderThoughALaterOneEndsFirst() {
        List<Integer> order = new ArrayList<>();
        CountDownLatch secondIsComputed = new CountDownLatch(1);
        try (ComputeThreads threads = new ComputeThreads(2, 2)) {
            threads.run(5, new ComputeThreads.Work() {
                @Override
                public void compute(int buffer, int piece) {
                    if (piece == 0) {
                        await(secondIsComputed);
                    } else {
                        secondIsComputed.countDown();
                    }
                }

                @Override
                public void handOver(int buffer, int piece) {
                    order.add(piece);
                }
            });
        }
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void aThreadGoesOnIntoASpareBufferWhileALongerPieceEnds() {
        List<String> handedOver = new ArrayList<>();
        CountDownLatch thirdHasBegun = new CountDownLatch(1);
        try (ComputeThreads threads = new ComputeThreads(2, 3)) {
            threads.run(3, new ComputeThreads.Work() {
                @Override
                public void compute(int buffer, int piece) {
                    if (piece == 0) {
                        await(thirdHasBegun);
                    } else if (piece == 2) {
                        thirdHasBegun.countDown();
                    }
                }

                @Override
                public void handOver(int buffer, int piece) {
                    handedOver.add(piece + " in " + buffer);
                }
            });
        }
        assertThat(handedOver).containsExactly("0 in 0", "1 in 1", "2 in 2");
    }

    @Test
    void aFailureIsThrownAndLaterPiecesAreLeftOut() {
        AtomicInteger begun = new AtomicInteger();
        try (ComputeThreads threads = new ComputeThreads(3, 3)) {
            assertThatThrownBy(() -> threads.run(100, new ComputeThreads.Work() {
                        @Override
                        public void compute(int buffer, int piece) {
                            begun.incrementAndGet();
                            if (piece == 4) {
                                throw new IllegalStateException("piece 4");
                            }
                        }

                        @Override
                        public void handOver(int buffer, int piece) {}
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("piece 4");
        }
        // A piece that is not handed over keeps its buffer: the failed one, and two that the other threads are at.
        assertThat(begun.get()).isBetween(5, 7);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nothing else went on");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
