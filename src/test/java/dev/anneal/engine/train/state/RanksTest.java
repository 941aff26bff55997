package dev.anneal.engine.train.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.torch.TestGroup;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ranks share, and how items are dealt among them. */
class RanksTest {

    /** As a diverged step has. */
    @Test
    void numbersThatAreNotFiniteAreShared() throws IOException {
        double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Math.nextUp(1.0)};

        List<List<List<double[]>>> shared = TestGroup.run(
                2,
                group -> Ranks.of(group, false)
                        .share(Optional.of(List.of(odd)), double[][].class)
                        .orElseThrow());

        assertThat(shared)
                .allSatisfy(byRank -> assertThat(byRank)
                        .allSatisfy(items -> assertThat(items.get(0)).containsExactly(odd)));
    }

    @Test
    void ifOneIsToStopAllAreTold() throws IOException {
        List<Boolean> isTold = TestGroup.run(
                3,
                group -> Ranks.of(group, false)
                        .share(
                                group.rank() == 1 ? Optional.<List<String>>empty() : Optional.of(List.of("done")),
                                String[].class)
                        .isEmpty());

        assertThat(isTold).containsOnly(true);
    }

    @ParameterizedTest
    @CsvSource({"2, false, 5", "2, true, 11", "4, true, 3", "3, false, 0", "4, true, 19"})
    void itemsComeBackInTheirOrder(int size, boolean ordered, int count) throws IOException {
        List<Integer> items = IntStream.range(0, count).boxed().toList();

        List<List<Integer>> results = TestGroup.run(size, group -> {
            Ranks ranks = Ranks.of(group, ordered);
            List<Integer> own = ranks.own(items).stream().flatMap(List::stream).toList();
            return ranks.inOrder(ranks.share(Optional.of(own), Integer[].class).orElseThrow());
        });

        assertThat(results).containsOnly(items);
    }
}
