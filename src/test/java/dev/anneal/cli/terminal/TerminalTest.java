package dev.anneal.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What the command draws. */
class TerminalTest {

    private final StringWriter drawn = new StringWriter();
    private final PrintWriter out = new PrintWriter(drawn, true);

    @Test
    void curveSpansTheRangeOfItsValues() {
        assertThat(Curve.of(List.of(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), 60))
                .isEqualTo("▁▂▃▄▅▆▇█");
        assertThat(Curve.of(List.of(3.0, 3.0), 60)).isEqualTo("▁▁");
        assertThat(Curve.of(List.of(), 60)).isEmpty();
    }

    @Test
    void curveHasAtMostItsWidthAndEveryValueCounts() {
        List<Double> values =
                DoubleStream.iterate(0, value -> value + 1).limit(1000).boxed().toList();

        assertThat(Curve.of(values, 60)).hasSize(60);
        assertThat(Curve.means(values, 3)).containsExactly(166.0, 499.0, 832.5);
    }

    @Test
    void progressIsAPlainLineAtEveryTenthWhereNothingIsRedrawn() {
        AtomicLong now = new AtomicLong();
        Bar bar = new Bar(out, false, () -> now.getAndAdd(Duration.ofSeconds(3).toNanos()));
        for (int step = 1; step <= 100; step++) {
            bar.show(step / 100.0, "step " + step);
        }
        bar.end();

        assertThat(drawn.toString().lines())
                .hasSize(11)
                .startsWith("  1 %  step 1")
                .endsWith("100 %  step 100");
    }

    @Test
    void hastyProgressIsNotALineForEachTenth() {
        Bar bar = new Bar(out, false, () -> 0);
        for (int step = 1; step <= 100; step++) {
            bar.show(step / 100.0, "step " + step);
        }

        assertThat(drawn.toString().lines()).containsExactly("  1 %  step 1", "100 %  step 100");
    }

    @Test
    void barOnATerminalLeavesNothingOfALongerLine() {
        Bar bar = new Bar(out, true);
        bar.show(0.5, "a long text");
        bar.show(1, "short");
        bar.end();

        assertThat(drawn.toString().split("\r")[2])
                .isEqualTo("████████████████████████ 100 %  short      " + System.lineSeparator());
    }

    @Test
    void tableIsAsWideAsItsContent() {
        new Table("JOB", "STATE")
                .row("ftjob-1", "running")
                .row("ftjob-22", null)
                .print(out);

        assertThat(drawn.toString().lines()).containsExactly("JOB       STATE", "ftjob-1   running", "ftjob-22  -");
    }
}
