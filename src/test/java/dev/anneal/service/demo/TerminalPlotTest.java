package dev.anneal.service.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The demo's plot shows the shape and the range of a series. */
class TerminalPlotTest {

    @Test
    void fallingSeriesStartsAtTheTopAndEndsAtTheBottom() {
        String[] lines = TerminalPlot.of("beta", '#', List.of(1.0, 0.5, 0.0)).split("\n");
        assertThat(lines[1]).isEqualTo("  1.000 │#  ");
        assertThat(lines[10]).isEqualTo("  0.000 │  #");
    }

    @Test
    void constantSeriesIsOneLine() {
        String plot = TerminalPlot.of("loss", '#', Collections.nCopies(5, 2.0));
        assertThat(plot).containsOnlyOnce("#####");
    }

    @Test
    void longSeriesIsAveragedIntoSixtyFourColumns() {
        List<Double> ramp = IntStream.range(0, 1000).mapToObj(i -> (double) i).toList();
        String[] lines = TerminalPlot.of("ramp", '#', ramp).split("\n");
        assertThat(lines[11]).isEqualTo("        └" + "─".repeat(64));
        assertThat(lines[1]).startsWith("991.500 │").endsWith("#");
    }
}
