package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.template.Rendering.Span;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Few failing items cost few attempts, and many no more than a bound. #17 */
class BisectionTest {

    private final List<Span> tried = new ArrayList<>();

    private BitSet passing(int size, int... failing) {
        return Bisection.passing(size, part -> {
            tried.add(part);
            return IntStream.of(failing).noneMatch(i -> i >= part.start() && i < part.end());
        });
    }

    @Test
    void allPassAtOnce() {
        assertThat(passing(1024).cardinality()).isEqualTo(1024);
        assertThat(tried).containsExactly(new Span(0, 1024));
    }

    @Test
    void theFailingOneIsFoundInTwoAttemptsForEachHalving() {
        BitSet passing = passing(1024, 700);
        assertThat(passing.get(700)).isFalse();
        assertThat(passing.cardinality()).isEqualTo(1023);
        assertThat(tried).hasSizeLessThanOrEqualTo(21);
    }

    @Test
    void noneThatFailsPassesWhereAttemptsRunOut() {
        int[] odd = IntStream.range(0, 512).map(i -> 2 * i + 1).toArray();
        BitSet passing = passing(1024, odd);
        assertThat(IntStream.of(odd).noneMatch(passing::get)).isTrue();
        assertThat(tried).hasSizeLessThanOrEqualTo(Bisection.MAX_ATTEMPTS);
    }

    @Test
    void nothingIsAllOfNothing() {
        assertThat(passing(0).isEmpty()).isTrue();
    }
}
